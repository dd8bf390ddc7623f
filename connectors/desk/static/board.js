// The board, kept fresh: every half minute, unless nobody looks or somebody is at its buttons.
const EVERY = 30000;
const main = document.getElementById("main");
setInterval(async () => {
  if (document.hidden || (main.contains(document.activeElement) && document.activeElement !== main)) return;
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("main");
  if (fresh) main.innerHTML = fresh.innerHTML;
}, EVERY);
