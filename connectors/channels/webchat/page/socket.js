// The line to the gateway: one WebSocket that comes back by itself, and an outbox that survives it.
// Protocol: docs/webchat.md.

const TOKEN = "huiying.token";
const UNSENT = "huiying.unsent";

const store = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* private mode: this visit only */ } },
};

export const newId = () =>
  globalThis.crypto?.randomUUID?.() ?? Array.from({ length: 4 }, () => Math.random().toString(36).slice(2, 10)).join("");

export class Line extends EventTarget {
  #socket = null;
  #token = store.get(TOKEN);
  #unsent = JSON.parse(store.get(UNSENT) || "[]");
  #wait = 500;
  #alive = 0;
  lastSeq = 0;

  constructor(url) {
    super();
    this.url = url;
    addEventListener("online", () => this.#again(0));
    addEventListener("visibilitychange", () => { if (!document.hidden) this.#again(0); });
    setInterval(() => this.#watch(), 15000);
    this.#connect();
  }

  get token() { return this.#token; }

  // Something came beside the socket; it shows now, also when it is the first thing said.
  look() { this.#send({ type: "hello", token: this.#token, last_seq: this.lastSeq }); }

  get unsent() { return this.#unsent; }

  // A message is kept until the gateway has said it is safe; a repeat carries the same id.
  post(frame) {
    this.#unsent.push(frame);
    this.#keep();
    this.#send(frame);
  }

  tell(frame) { this.#send(frame); }

  #keep() { store.set(UNSENT, JSON.stringify(this.#unsent)); }

  #send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN && this.welcomed) this.#socket.send(JSON.stringify(frame));
  }

  #connect() {
    this.welcomed = false;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#alive = Date.now();
      socket.send(JSON.stringify({ type: "hello", token: this.#token, last_seq: this.lastSeq }));
    };
    socket.onmessage = (event) => {
      this.#alive = Date.now();
      this.#take(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#emit({ type: "offline" });
      this.#timer = setTimeout(() => this.#again(), this.#wait * (0.8 + Math.random() * 0.4));
      this.#wait = Math.min(15000, this.#wait * 2);
    };
  }

  #timer;
  #again(wait) {
    if (this.#socket?.readyState === WebSocket.OPEN || this.#socket?.readyState === WebSocket.CONNECTING) return;
    clearTimeout(this.#timer);
    if (wait === 0) this.#wait = 500;
    this.#connect();
  }

  #watch() {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    if (Date.now() - this.#alive > 45000) { this.#socket.close(); return; }
    this.#send({ type: "ping" });
  }

  #take(frame) {
    switch (frame.type) {
      case "welcome":
        this.welcomed = true;
        this.#wait = 500;
        if (this.#token && this.#token !== frame.token) this.lastSeq = 0;
        this.#token = frame.token;
        store.set(TOKEN, frame.token);
        this.#emit(frame);
        for (const waiting of this.#unsent) this.#send(waiting);
        return;
      case "accepted":
        this.#settle(frame.id);
        break;
      case "error":
        if (frame.id && frame.code !== "store_unavailable") this.#settle(frame.id);
        break;
      case "message":
        if (frame.message.seq <= this.lastSeq) return;
        this.lastSeq = frame.message.seq;
        if (frame.message.client_id) this.#settle(frame.message.client_id);
        break;
    }
    this.#emit(frame);
  }

  #settle(id) {
    this.#unsent = this.#unsent.filter((frame) => frame.id !== id);
    this.#keep();
  }

  #emit(frame) { this.dispatchEvent(new CustomEvent("frame", { detail: frame })); }
}
