// Short tones for what must not be missed; off until somebody turns them on, as browsers want it.
import { say } from "./words.js";

const TONES = { message: [660], waiting: [520, 520], offer: [660, 880] };
const KEPT = "huiying.desk.sound";
let on = false;
let context;

export function startSound() {
  const button = document.getElementById("sound");
  if (!button) return;
  const set = (wanted) => {
    on = wanted;
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? say("desk_live_sound_on") : say("desk_live_sound_off");
  };
  try { set(localStorage.getItem(KEPT) === "1"); } catch { /* not kept in private mode */ }
  button.addEventListener("click", () => {
    set(!on);
    try { localStorage.setItem(KEPT, on ? "1" : "0"); } catch { /* as above */ }
    beep("message");
  });
}

export function beep(what) {
  if (!on) return;
  context ||= new AudioContext();
  TONES[what].forEach((pitch, n) => {
    const at = context.currentTime + n * 0.18;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.08, at);
    volume.gain.exponentialRampToValueAtTime(0.001, at + 0.15);
    tone.connect(volume).connect(context.destination);
    tone.start(at);
    tone.stop(at + 0.16);
  });
}
