// <huiying-chat>: the whole conversation as one accessible element.
import { Line, newId } from "./socket.js";
import { el, show } from "./parts.js";
import * as files from "./files.js";
import { say } from "./words.js";

const MOST = 4000;
const WHO = { bot: say("page_who_bot"), agent: say("page_who_agent"), system: say("page_who_system"), me: say("page_who_me") };
const TOPICS = [say("page_topic_question"), say("page_topic_report"), say("page_topic_progress"), say("page_topic_person")];
const OWNER = {
  bot: say("page_owner_bot"),
  waiting_for_agent: say("page_owner_waiting"),
  agent: say("page_owner_agent"),
  closed: say("page_owner_closed"),
};

class HuiyingChat extends HTMLElement {
  connectedCallback() {
    this.replaceChildren();
    this.log = el("ol", { class: "log", role: "log", "aria-live": "polite", "aria-label": say("page_log"), tabindex: "0" });
    this.status = el("p", { class: "status", role: "status" }, say("page_connecting"));
    this.care = el("button", { type: "button", class: "care", "aria-pressed": "false" }, say("page_care"));
    this.box = el("textarea", { id: "say", rows: "1", enterkeyhint: "send", placeholder: say("page_box"), autocomplete: "off" });
    this.error = el("p", { class: "error", role: "alert", hidden: true });
    this.typing = el("p", { class: "typing", hidden: true }, say("page_typing"));
    this.form = el("form", { class: "say" }, el("label", { for: "say", class: "sr" }, say("page_box_label")), this.box, el("button", { type: "submit" }, say("page_send")));
    const complain = (text) => this.#complain(text);
    this.chooser = el("input", { type: "file", multiple: true, accept: files.ACCEPT, class: "sr", tabindex: "-1", "aria-hidden": "true" });
    this.chooser.addEventListener("change", () => { this.#files([...this.chooser.files]); this.chooser.value = ""; });
    this.tools = el("p", { class: "tools" },
      this.#button(say("page_choose_files"), () => this.chooser.click()), files.recorder((file) => this.#files([file]), complain),
      files.whereabouts((latitude, longitude) => this.#place(latitude, longitude), complain), this.chooser);
    this.append(
      el("header", {}, el("div", {}, el("h1", {}, say("page_title")), this.status), this.care),
      this.log, this.typing, this.error, this.tools, this.form);
    this.#greet();
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#say(this.box.value); });
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.form.requestSubmit(); }
    });
    this.box.addEventListener("input", () => this.#grow());
    this.box.addEventListener("paste", (event) => {
      const pasted = [...(event.clipboardData?.files ?? [])];
      if (pasted.length) { event.preventDefault(); this.#files(pasted); }
    });
    this.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); this.classList.add("drop"); } });
    this.addEventListener("dragleave", (event) => { if (!this.contains(event.relatedTarget)) this.classList.remove("drop"); });
    this.addEventListener("drop", (event) => { event.preventDefault(); this.classList.remove("drop"); this.#files([...(event.dataTransfer?.files ?? [])]); });
    this.care.addEventListener("click", () => this.#setCare(!document.documentElement.classList.contains("care-mode")));
    try { this.#setCare(localStorage.getItem("huiying.care") === "1"); } catch { /* not kept in private mode */ }
    this.line = new Line(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/webchat/socket`);
    this.line.addEventListener("frame", (event) => this.#take(event.detail));
    for (const frame of this.line.unsent) this.#pending(frame.id, frame.text ?? frame.label);
  }

  #greet() {
    this.log.append(el("li", { class: "bot" },
      el("p", { class: "text" }, say("page_greeting")),
      el("p", { class: "choices" }, ...TOPICS.map((topic) => this.#button(topic, () => this.#say(topic))))));
  }

  #button(label, act) {
    const button = el("button", { type: "button" }, label);
    button.addEventListener("click", act);
    return button;
  }

  #setCare(on) {
    document.documentElement.classList.toggle("care-mode", on);
    this.care.setAttribute("aria-pressed", String(on));
    try { localStorage.setItem("huiying.care", on ? "1" : "0"); } catch { /* as above */ }
    this.line?.tell({ type: "care", on });
  }

  #grow() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(160, this.box.scrollHeight)}px`;
    if (this.box.value && Date.now() - (this.told ?? 0) > 3000) { this.told = Date.now(); this.line.tell({ type: "typing" }); }
  }

  #say(text) {
    const said = text.trim();
    if (!said) return this.#complain(say("webchat_empty"));
    if (said.length > MOST) return this.#complain(say("webchat_too_long", { length: said.length, most: MOST }));
    this.#complain("");
    const id = newId();
    this.#pending(id, said);
    this.line.post({ type: "message", id, text: said });
    this.box.value = "";
    this.#grow();
  }

  #choose(message, choice) {
    const id = newId();
    this.#pending(id, choice.label);
    this.line.post({ type: "choose", id, message_id: message.id, choice: choice.id, label: choice.label });
    this.box.focus({ preventScroll: true });
  }

  #place(latitude, longitude) {
    const id = newId();
    this.#pending(id, say("page_my_place"));
    this.line.post({ type: "location", id, latitude, longitude });
  }

  #files(chosen) {
    if (!chosen.length) return;
    if (chosen.length > files.MOST) return this.#complain(say("page_too_many_files", { most: files.MOST }));
    this.#complain("");
    const bar = el("progress", { max: "1", value: "0", "aria-label": say("page_progress") });
    const state = el("p", { class: "soft" }, say("page_sending"));
    const item = el("li", { class: "me waiting" }, el("p", { class: "text" }, files.names(chosen)), bar, state);
    const sending = files.send(chosen, () => this.line.token, (part, why, again) => {
      if (part !== null) { bar.value = part; state.textContent = part < 1 ? say("page_sending_part", { percent: Math.round(part * 100) }) : say("page_checking"); return; }
      bar.remove();
      item.classList.replace("waiting", "failed");
      const retry = this.#button(say("page_resend"), () => { item.remove(); this.#files(chosen); });
      state.replaceChildren(why, " ", ...(again ? [retry, " "] : []), this.#button(again ? say("page_drop") : say("page_understood"), () => item.remove()));
      state.setAttribute("role", "alert");
      this.#down();
    });
    item.id = `mine-${sending.id}`;
    this.log.append(item);
    this.#down();
    sending.start().then((answer) => {
      if (!answer) return;
      if (answer.refused?.length) this.#complain(answer.refused.map((one) => `${one.name}：${one.text}`).join("\n"));
      this.line.look();
    });
  }

  // Where the log was read to its end, its end stays in sight when a line appears below it.
  #complain(text) {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    this.error.hidden = !text;
    this.error.textContent = text;
    if (atEnd) this.#down();
  }

  #pending(id, text) {
    this.log.append(el("li", { class: "me waiting", id: `mine-${id}` }, el("p", { class: "text" }, text), el("p", { class: "soft" }, say("page_sending"))));
    this.#down();
  }

  #take(frame) {
    switch (frame.type) {
      case "welcome":
        document.querySelector("h1").textContent = frame.city === say("page_this_city") ? say("page_title") : say("page_title_of_city", { city: frame.city });
        this.#owner(this.owner ?? "bot");
        if (frame.notice) this.#complain(frame.notice);
        if (this.care.getAttribute("aria-pressed") === "true") this.line.tell({ type: "care", on: true });
        break;
      case "offline": this.status.textContent = say("page_offline"); break;
      case "accepted": this.querySelector(`#mine-${frame.id} .soft`)?.replaceChildren(say("page_accepted")); break;
      case "message": this.#add(frame.message); break;
      case "draft": this.#draft(frame.text); break;
      case "typing": this.typing.hidden = !frame.on; if (frame.on) { clearTimeout(this.typingTimer); this.typingTimer = setTimeout(() => { this.typing.hidden = true; }, 6000); } break;
      case "owner": this.#owner(frame.owner, frame.position); break;
      case "error":
        this.#complain(frame.text);
        if (frame.id && frame.code !== "store_unavailable") this.querySelector(`#mine-${frame.id}`)?.remove();
        break;
    }
  }

  #owner(owner, position) {
    this.owner = owner;
    this.status.textContent = OWNER[owner] + (owner === "waiting_for_agent" && position ? say("page_ahead", { count: position - 1 }) : "");
  }

  #add(message) {
    if (message.from !== "me") {
      this.typing.hidden = true;
      this.drafted?.remove();
      this.drafted = null;
    }
    for (const stale of this.log.querySelectorAll(".choices.live")) { stale.classList.remove("live"); for (const b of stale.children) b.disabled = true; }
    const time = new Date(message.at).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
    const item = el("li", { class: message.from, "data-seq": message.seq },
      el("p", { class: "sr" }, say("page_says", { who: WHO[message.from] })),
      ...message.parts.map((part, i) => show(part, message.parts[i + 1])),
      message.choices ? el("p", { class: "choices live" }, ...message.choices.map((choice) => this.#button(choice.label, () => this.#choose(message, choice)))) : null,
      el("p", { class: "meta" }, el("span", {}, WHO[message.from]), el("time", { datetime: message.at }, time)));
    const mine = message.client_id && this.querySelector(`#mine-${message.client_id}`);
    mine?.remove();
    const waiting = this.log.querySelector(".me.waiting");
    if (waiting) waiting.before(item); else this.log.append(item);
    this.#down();
    if (!document.hidden) this.line.tell({ type: "seen", seq: message.seq });
  }

  // An answer while it is being written; the message that is kept takes its place.
  #draft(text) {
    this.typing.hidden = true;
    if (!this.drafted) {
      this.drafted = el("li", { class: "bot draft", "aria-hidden": "true" }, el("p", { class: "text" }));
      this.log.append(this.drafted);
    }
    this.drafted.firstChild.textContent = text;
    this.#down();
  }

  #down() { this.log.scrollTop = this.log.scrollHeight; }
}

customElements.define("huiying-chat", HuiyingChat);
