// The desk, live: events over one socket say what changed, the server renders it.
import { beep, startSound } from "./sound.js";
import { listen } from "./keys.js";
import { say } from "./words.js";

const csrf = document.querySelector("meta[name=csrf]").content;
const me = document.body.dataset.agent;
const queue = document.getElementById("queue");
const talk = document.getElementById("main");
const link = document.getElementById("link");
const title = document.title;

const section = () => talk.querySelector("[data-conversation]");
const currentId = () => section()?.dataset.conversation ?? "";
const related = () => (section()?.dataset.related || "").split(",").filter(Boolean);
const row = (id) => queue.querySelector(`#mine [data-row="${CSS.escape(id)}"], ul:not(#mine) [data-row="${CSS.escape(id)}"]`);

async function fragment(url) {
  const response = await fetch(url, { headers: { "X-Partial": "1", Accept: "text/html" } });
  if (response.redirected || response.status === 401) location.assign("/desk/login");
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
}

async function post(url, body = new URLSearchParams()) {
  const response = await fetch(url, { method: "POST", headers: { "X-CSRF-Token": csrf }, body });
  if (response.status === 401) location.assign("/desk/login");
  return response;
}

// The lists at the left ----------------------------------------------------------------------

let refreshing = null;
function refreshQueue(wait = 0) {
  refreshing ??= new Promise((done) => setTimeout(() => { refreshing = null; loadQueue().catch(() => {}).then(done); }, wait));
  return refreshing;
}

async function loadQueue() {
  const folds = [...queue.querySelectorAll("details")].map((one) => one.open);
  const html = await fragment(`/desk/queue?open=${encodeURIComponent(currentId())}`);
  const focused = queue.contains(document.activeElement) ? document.activeElement.dataset.open : null;
  queue.innerHTML = html;
  queue.querySelectorAll("details").forEach((one, n) => { one.open = folds[n] ?? false; });
  if (focused) queue.querySelector(`[data-open="${CSS.escape(focused)}"]`)?.focus();
  markCurrent();
  counted();
  watch();
  tick();
}

function markCurrent() {
  queue.querySelectorAll("[aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  row(currentId())?.querySelector("a").setAttribute("aria-current", "true");
}

// Waiting first and unread next: what the window's title tells from afar.
function counted() {
  const waiting = Number(document.getElementById("waiting-count")?.textContent || 0);
  const unread = queue.querySelectorAll(".unread:not([hidden])").length;
  document.title = (waiting || unread ? `(${waiting + unread}) ` : "") + title;
}

function watch() {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const mine = [...queue.querySelectorAll("#mine [data-row]")].map((one) => one.dataset.row);
  const ids = new Set([currentId(), ...related(), ...mine].filter(Boolean));
  socket.send(JSON.stringify({ watch: [...ids] }));
}

// A talk has another owner: its line leaves the lists it stood in and enters the one it belongs to.
function moveRow(event) {
  const known = row(event.conversation_id);
  const list = event.owner === "waiting_for_agent" ? "waiting" : event.agent_id === me ? "mine" : "";
  const before = { waiting: count("waiting"), mine: count("mine") };
  queue.querySelectorAll(`[data-row="${CSS.escape(event.conversation_id)}"]`).forEach((one) => one.remove());
  if (list && event.row) insertRow(document.getElementById(list), event.row);
  markCurrent();
  const waiting = document.getElementById("waiting-count");
  if (waiting) waiting.textContent = Math.max(0, Number(waiting.textContent) + count("waiting") - before.waiting);
  const mine = document.getElementById("mine-count");
  if (mine) mine.textContent = count("mine");
  if (list === "waiting" && !known) beep("waiting");
  if (list === "mine" && before.mine < count("mine")) beep("offer");
  document.getElementById("offer")?.querySelector(`[data-for="${CSS.escape(event.conversation_id)}"]`) && refreshQueue();
  counted();
  watch();
}
// Where it belongs: the lower rank first, then who has waited longer.
function insertRow(list, html) {
  list?.insertAdjacentHTML("beforeend", html);
  const line = list?.lastElementChild;
  const behind = [...(list?.children ?? [])].find((one) => one !== line && one.dataset.order > line.dataset.order);
  if (behind) behind.before(line);
  tick();
}
const count = (list) => document.getElementById(list)?.children.length ?? 0;

// The conversation in the middle -------------------------------------------------------------

// What is half written in each conversation, until it is sent or the page is left.
const drafts = new Map();
function keepDraft() {
  const box = talk.querySelector(".say textarea");
  if (box) drafts.set(currentId(), box.value);
}

async function open(id, remember = true) {
  const side = currentId() === id ? document.getElementById("side")?.innerHTML ?? "" : "";
  const html = await fragment(`/desk/conversations/${id}`);
  keepDraft();
  talk.innerHTML = html;
  if (remember) history.pushState({}, "", `/desk/conversations/${id}`);
  const box = talk.querySelector("textarea");
  if (box) box.value = drafts.get(id) ?? "";
  if (side) document.getElementById("side").innerHTML = side;
  markCurrent();
  const unread = row(id)?.querySelector(".unread");
  if (unread) unread.hidden = true;
  scrollDown();
  refreshSide();
  counted();
  watch();
  tick();
  if (box && !box.form.hidden) box.focus();
}

function scrollDown() {
  const log = talk.querySelector(".log");
  if (log) log.scrollTop = log.scrollHeight;
}

// Summary, fields, policy: what stands beside the talk, unless somebody is writing in it.
async function refreshSide(question = "") {
  const id = currentId();
  const side = document.getElementById("side");
  if (!id || !side || (!question && side.contains(document.activeElement))) return;
  const html = await fragment(`/desk/conversations/${id}/side?q=${encodeURIComponent(question)}`);
  if (id === currentId()) side.innerHTML = html;
}

function insert(words) {
  const box = talk.querySelector("textarea");
  if (!box || box.form.hidden) { link.textContent = say("desk_live_take_first"); return; }
  box.setRangeText((box.value && box.selectionStart ? "\n" : "") + words, box.selectionStart, box.selectionEnd, "end");
  box.focus();
}

// How far we have read in each conversation of the person.
function places(log) {
  const last = {};
  for (const line of log.children) last[line.dataset.talk] = Math.max(last[line.dataset.talk] ?? 0, Number(line.dataset.seq));
  for (const id of [currentId(), ...related()]) last[id] ??= 0;
  return Object.entries(last).map(([id, seq]) => `${id}:${seq}`).join(",");
}

let fetching = Promise.resolve();
function fetchNew() {
  fetching = fetching.then(async () => {
    const id = currentId();
    const log = talk.querySelector(".log");
    if (!log) return;
    const html = await fragment(`/desk/conversations/${id}/messages?after=${places(log)}`);
    if (id !== currentId() || !html.trim()) return;
    log.insertAdjacentHTML("beforeend", html);
    const note = talk.querySelector(".typing");
    if (log.lastElementChild.classList.contains("citizen")) { if (note) note.hidden = true; refreshSide(); }
    scrollDown();
    refreshStates();
  }).catch(() => {});
  return fetching;
}

// How far each message got, a moment after it was written or when the person's page says "seen".
const STATE = { queued: say("desk_live_state_queued"), sent: say("desk_live_state_sent"), delivered: say("desk_live_state_delivered"), seen: say("desk_live_state_seen"), dead: say("desk_live_state_dead"), expired: say("desk_live_state_expired"), moved: say("desk_live_state_moved") };
let statesTimer;
function refreshStates(wait = 800) {
  clearTimeout(statesTimer);
  statesTimer = setTimeout(async () => {
    const id = currentId();
    if (!id) return;
    const response = await fetch(`/desk/conversations/${id}/states`);
    if (!response.ok || id !== currentId()) return;
    for (const [message, state] of Object.entries(await response.json())) {
      const label = document.getElementById(message)?.querySelector(".state");
      if (label) { label.textContent = STATE[state]; label.className = `state ${state}`; }
    }
  }, wait);
}

async function act(action, body = new URLSearchParams(), id = currentId()) {
  const response = await post(`/desk/conversations/${id}/${action}`, body);
  if (response.ok) return null;
  try { return (await response.json()).error.message; } catch { return say("desk_live_failed"); }
}

async function answerOffer(choice) {
  const id = document.querySelector("#offer [data-for]")?.dataset.for;
  if (!id) return false;
  const problem = await act(choice, new URLSearchParams(), id);
  if (problem) link.textContent = problem;
  await refreshQueue();
  if (choice === "take" && !problem) await open(id);
  return true;
}

async function reveal(button) {
  const response = await post(`/desk/conversations/${currentId()}/reveal`, new URLSearchParams({ message: button.dataset.reveal }));
  const line = button.closest("li");
  if (response.ok && line) { line.insertAdjacentHTML("afterend", await response.text()); line.remove(); }
}

document.addEventListener("click", async (event) => {
  const find = (selector) => event.target.closest(selector);
  if (find("[data-open]")) { event.preventDefault(); await open(find("[data-open]").dataset.open); }
  else if (find("[data-insert]")) insert(find("[data-insert]").dataset.insert);
  else if (find("[data-reveal]")) await reveal(find("[data-reveal]"));
  else if (find("[data-offer]")) await answerOffer(find("[data-offer]").dataset.offer);
  else if (find("[data-unlink]")) {
    const response = await post(`/desk/conversations/${currentId()}/unlink`, new URLSearchParams({ link: find("[data-unlink]").dataset.unlink }));
    if (!response.ok) link.textContent = (await response.json()).error.message;
    await open(currentId(), false);
  }
  else if (find("#ready")) {
    const wanted = find("#ready").getAttribute("aria-pressed") !== "true";
    const response = await post("/desk/ready", new URLSearchParams({ ready: wanted ? "1" : "0" }));
    if (response.ok) setReady(wanted);
  }
  else if (find("[data-act]")) {
    const actor = find("[data-act]");
    actor.disabled = true;
    const problem = await act(actor.dataset.act);
    if (problem) { link.textContent = problem; actor.disabled = false; }
    await open(currentId(), false);
  }
});

function setReady(ready) {
  const button = document.getElementById("ready");
  if (!button) return;
  button.setAttribute("aria-pressed", String(ready));
  button.textContent = ready ? say("desk_live_ready") : say("desk_live_away");
}

talk.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.matches(".act")) {
    const problem = await act(form.dataset.post, new URLSearchParams(new FormData(form)));
    if (problem) { link.textContent = problem; return; }
    if (form.dataset.post === "note") { form.reset(); document.activeElement.blur(); await refreshSide(); }
    else await open(currentId(), false);
    return;
  }
  if (form.matches(".ask")) { await refreshSide(form.elements.q.value); return; }
  if (!form.matches(".say")) return;
  const box = form.elements.text;
  const problem = form.querySelector(".error");
  if (!box.value.trim()) return;
  form.dataset.clientId ||= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const refusal = await act("say", new URLSearchParams({ text: box.value, client_id: form.dataset.clientId }))
    .catch(() => say("desk_live_network_lost"));
  problem.hidden = !refusal;
  problem.textContent = refusal ?? "";
  if (!refusal) { box.value = ""; form.dataset.clientId = ""; settleClock(currentId()); await fetchNew(); }
});

// A field beside the talk is kept as soon as it is left.
talk.addEventListener("change", async (event) => {
  const form = event.target.closest(".fields");
  if (!form || !event.target.name) return;
  const body = new URLSearchParams({ name: event.target.name, value: event.target.value, version: form.dataset.version });
  const response = await post(`/desk/conversations/${currentId()}/fields`, body);
  const answer = await response.json().catch(() => ({}));
  const told = form.querySelector("[role=status]");
  if (response.ok) { form.dataset.version = answer.version; told.textContent = say("desk_live_saved"); }
  else { told.textContent = answer.error?.message ?? say("desk_live_not_saved"); }
});

let lastTyping = 0;
talk.addEventListener("input", (event) => {
  if (event.target.name !== "text") return;
  if (Date.now() - lastTyping > 3000) { lastTyping = Date.now(); act("typing").catch(() => {}); }
});
addEventListener("popstate", () => location.reload());

// What happens ---------------------------------------------------------------------------------

let typingTimer;
async function happened(event) {
  const here = event.conversation_id === currentId();
  const near = here || related().includes(event.conversation_id);
  switch (event.kind) {
    case "typing": {
      const note = talk.querySelector(".typing");
      if (here && note) { note.hidden = false; clearTimeout(typingTimer); typingTimer = setTimeout(() => { note.hidden = true; }, 4000); }
      return;
    }
    case "hello": skew = Date.now() - Date.parse(event.now); return tick();
    case "resumed": return lookAgain();  // some events did not reach us
    case "look": await refreshQueue(500 * Math.random()); return fetchNew();  // nor do they now
    case "note": case "fields": if (here) refreshSide(); return;
    case "seen": if (near) refreshStates(100); return;
    case "offer": beep("offer"); return refreshQueue();
    case "offer-over": return refreshQueue();
    case "paused": setReady(false); link.textContent = say("desk_live_paused"); return;
    case "mention": beep("offer"); link.textContent = say("desk_live_mentioned"); return refreshQueue(300);
    case "alert": link.textContent = event.light === "red" ? say("desk_live_overdue") : say("desk_live_nearly_due"); return;
    case "account":  // what this agent may do or serves has changed
      keepDraft();
      if (event.role !== document.body.dataset.role && ![...drafts.values()].some(Boolean)) return location.reload();
      link.textContent = say("desk_live_account");
      return lookAgain();
    case "logged-out": return location.assign("/desk/login");
    case "owner": moveRow(event); if (here) await open(currentId(), false); return;
    case "message":
      if (near) return fetchNew();
      markUnread(event.conversation_id);
      return;
  }
}

function markUnread(id) {
  const unread = row(id)?.querySelector(".unread");
  if (!unread || !unread.hidden) return;
  unread.hidden = false;
  beep("message");
  counted();
}

function settleClock(id) {
  talk.querySelector(".conversation > header time[data-since]")?.remove();
  row(id)?.querySelector("time[data-since]")?.remove();
}

// Anything may have changed while nobody told us: new messages, and who owns the conversation.
async function lookAgain() {
  await refreshQueue();
  if (currentId()) await open(currentId(), false);
}

let wait = 500;
let away = false;
let socket;
function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/desk/events`);
  socket.onopen = async () => {
    wait = 500;
    link.textContent = say("desk_live_connected");
    watch();
    if (away) await lookAgain();
    else await fetchNew();
    away = false;
  };
  socket.onmessage = (message) => happened(JSON.parse(message.data)).catch(() => {});
  socket.onclose = () => {
    away = true;
    link.textContent = say("desk_live_disconnected");
    setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(10000, wait * 2);
  };
}

// Clocks and lights: how long somebody has waited, and how much of the allowed time that is.
let skew = 0;  // milliseconds this machine's clock is ahead of the house's
const LIGHT = { green: "", yellow: "", orange: say("desk_live_light_orange"), red: say("desk_live_light_red") };
function tick() {
  const { yellow, orange } = document.body.dataset;
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - skew - Date.parse(time.dataset.since)) / 1000));
    const used = seconds / (Number(time.dataset.limit) || 180);
    const light = used >= 1 ? "red" : used >= orange ? "orange" : used >= yellow ? "yellow" : "green";
    time.textContent = say("desk_live_waited", { minutes: Math.floor(seconds / 60), seconds: seconds % 60, light: LIGHT[light] });
    time.className = `light ${light}`;
  }
  for (const time of document.querySelectorAll("time[data-until]")) {
    time.textContent = say("desk_live_left", { seconds: Math.max(0, Math.ceil((Date.parse(time.dataset.until) - Date.now() + skew) / 1000)) });
  }
}

listen({
  next: (step) => {
    const lines = [...queue.querySelectorAll("#offer a, #mine a, #waiting a")];
    const at = lines.findIndex((one) => one.getAttribute("aria-current"));
    lines[(at + step + lines.length) % lines.length]?.click();
  },
  longest: () => queue.querySelector("#waiting a")?.click(),
  take: async () => { if (!(await answerOffer("take"))) talk.querySelector("[data-act=take]")?.click(); },
  decline: () => answerOffer("decline"),
  write: () => talk.querySelector(".say:not([hidden]) textarea")?.focus(),
  ask: () => document.getElementById("ask")?.focus(),
  note: () => document.getElementById("note")?.focus(),
  side: () => document.getElementById("summary")?.focus(),
  fields: () => talk.querySelector(".fields input, .fields select")?.focus(),
  insert: () => talk.querySelector(".passage[open] [data-insert]")?.click(),
  reply: (number) => talk.querySelectorAll(".reply")[number - 1]?.click(),
  reveal: () => [...talk.querySelectorAll("[data-reveal]")].at(-1)?.click(),
  register: () => talk.querySelector("a.register")?.click(),
  focus: (act) => talk.querySelector(`[data-act=${act}]`)?.focus(),
  menu: (post) => {
    const menu = talk.querySelector(`form[data-post=${post}]`)?.closest(".menu");
    if (menu) { menu.open = true; menu.querySelector("select, input")?.focus(); }
  },
});
setInterval(tick, 1000);
startSound();
counted();
scrollDown();
refreshSide();
tick();
connect();
