#!/bin/sh
# Puts what is secret into the configuration and runs both boxes; when one ends, all ends.
set -eu
here=$(dirname "$0")
folder=${KANNEL_FOLDER:-/var/spool/huiying-kannel}
mkdir -p "$folder/spool"
umask 077
sed -e "s|CHOOSE-A-PASSWORD|${KANNEL_PASSWORD:?choose a password}|" \
  -e "s|CALLBACK-SECRET|${SMS_CALLBACK_SECRET:?24 characters or more, as in sms.kannel of huiying.yml}|" \
  -e "s|FOLDER|$folder|" "$here/kannel.conf" > "$folder/kannel.conf"
cat "${KANNEL_CARRIER:-$here/carrier.conf}" >> "$folder/kannel.conf"
bearerbox -v 2 "$folder/kannel.conf" &
bearerbox=$!
sleep 2
smsbox -v 2 "$folder/kannel.conf" &
smsbox=$!
trap 'kill $smsbox $bearerbox 2>/dev/null || true' TERM INT
while kill -0 $bearerbox 2>/dev/null && kill -0 $smsbox 2>/dev/null; do sleep 1 & wait $! || true; done
kill $smsbox $bearerbox 2>/dev/null || true
wait
