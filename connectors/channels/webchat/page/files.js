// Photos, videos, voice and places: chosen, pasted, dropped or recorded, and sent with their progress.
import { newId } from "./socket.js";
import { el } from "./parts.js";
import { say } from "./words.js";

export const MOST = 9;
// Asked for JPEG, an iPhone turns its own photo form into it.
export const ACCEPT = "image/jpeg,image/png,image/webp,image/gif,video/mp4,video/quicktime,video/3gpp,audio/*,application/pdf";
const VOICE = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];
const VOICE_MOST = 120; // seconds

export const names = (files) => files.length === 1 ? files[0].name : say("page_files", { name: files[0].name, count: files.length });

// Sends some files as one message; `show` is told 0 to 1, or null when it failed, why, and whether trying again may help.
export function send(files, token, show) {
  const request = new XMLHttpRequest();
  const id = newId();
  const form = new FormData();
  for (const file of files) form.append("file", file, file.name || "file");
  return { id, start: () => new Promise((resolve) => {
    const failed = (why, again = true) => { show(null, why, again); resolve(null); };
    request.upload.onprogress = (event) => { if (event.lengthComputable) show(event.loaded / event.total); };
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page */ }
      if (request.status === 200) { show(1); resolve(answer); return; }
      failed(answer.error?.message ?? (request.status === 413 ? say("page_file_too_large") : say("page_not_sent")), ![413, 422].includes(request.status));
    };
    request.onerror = () => failed(say("page_network_lost"));
    request.ontimeout = request.onerror;
    request.open("POST", "/webchat/files");
    request.timeout = 600000;
    request.setRequestHeader("Authorization", `Bearer ${token()}`);
    request.setRequestHeader("X-Message-Id", id);
    request.send(form);
  }) };
}

// A button that records while it is on; `take` gets the file, `complain` why there is none.
export function recorder(take, complain) {
  const button = el("button", { type: "button", "aria-pressed": "false" }, say("page_record"));
  let recording = null, timer;
  const idle = () => { clearInterval(timer); recording = null; button.setAttribute("aria-pressed", "false"); button.textContent = say("page_record"); };
  button.addEventListener("click", async () => {
    if (recording) { recording.stop(); return; }
    const form = VOICE.find((one) => globalThis.MediaRecorder?.isTypeSupported?.(one));
    if (!form || !navigator.mediaDevices) { complain(say("page_cannot_record")); return; }
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ audio: true }); } catch { complain(say("page_no_microphone")); return; }
    const pieces = [], began = Date.now();
    recording = new MediaRecorder(stream, { mimeType: form });
    recording.ondataavailable = (event) => pieces.push(event.data);
    recording.onstop = () => {
      for (const track of stream.getTracks()) track.stop();
      const kind = form.split(";")[0];
      idle();
      if (pieces.length) take(new File(pieces, `${say("page_kind_audio")}.${kind.split("/")[1]}`, { type: kind }));
    };
    recording.start();
    button.setAttribute("aria-pressed", "true");
    const tick = () => {
      const seconds = Math.round((Date.now() - began) / 1000);
      button.textContent = say("page_stop_recording", { seconds });
      if (seconds >= VOICE_MOST) recording?.stop();
    };
    tick();
    timer = setInterval(tick, 500);
  });
  return button;
}

// Where the person is; WGS-84, as browsers give it.
export function whereabouts(take, complain) {
  const button = el("button", { type: "button" }, say("page_place"));
  button.addEventListener("click", () => {
    if (!navigator.geolocation) { complain(say("page_cannot_locate")); return; }
    button.disabled = true;
    const done = () => { button.disabled = false; };
    navigator.geolocation.getCurrentPosition(
      (found) => { done(); take(found.coords.latitude, found.coords.longitude); },
      () => { done(); complain(say("page_not_located")); },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
  return button;
}
