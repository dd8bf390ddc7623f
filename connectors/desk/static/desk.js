// The desk, live: events over one socket say what changed, the server renders it.
const csrf = document.querySelector("meta[name=csrf]").content;
const queue = document.getElementById("queue");
const talk = document.getElementById("main");
const link = document.getElementById("link");
const title = document.title;

const section = () => talk.querySelector("[data-conversation]");
const currentId = () => section()?.dataset.conversation ?? "";

async function fragment(url) {
  const response = await fetch(url, { headers: { "X-Partial": "1", Accept: "text/html" } });
  if (response.redirected || response.status === 401) location.assign("/desk/login");
  if (!response.ok) throw new Error(`${response.status}`);
  return response.text();
}

async function refreshQueue() {
  queue.innerHTML = await fragment(`/desk/queue?open=${encodeURIComponent(currentId())}`);
  const waiting = Number(document.getElementById("waiting-count").textContent);
  document.title = waiting ? `(${waiting}) ${title}` : title;
}

async function open(id, remember = true) {
  const draft = currentId() === id ? talk.querySelector("textarea")?.value ?? "" : "";
  talk.innerHTML = await fragment(`/desk/conversations/${id}`);
  if (remember) history.pushState({}, "", `/desk/conversations/${id}`);
  const box = talk.querySelector("textarea");
  if (box && draft) box.value = draft;
  scrollDown();
  refreshSide();
  await refreshQueue();
  if (box && !box.form.hidden) box.focus();
}

function scrollDown() {
  const log = talk.querySelector(".log");
  if (log) log.scrollTop = log.scrollHeight;
}

// What the knowledge base says to the person's latest words, or to what the agent asks instead.
async function refreshSide(question = "") {
  const id = currentId();
  const side = document.getElementById("side");
  if (!id || !side || (!question && side.contains(document.activeElement))) return;
  const html = await fragment(`/desk/conversations/${id}/side?q=${encodeURIComponent(question)}`);
  if (id === currentId()) side.innerHTML = html;
}

function insert(words) {
  const box = talk.querySelector("textarea");
  if (!box || box.form.hidden) { link.textContent = "请先接入对话，再插入。"; return; }
  box.setRangeText((box.value && box.selectionStart ? "\n" : "") + words, box.selectionStart, box.selectionEnd, "end");
  box.focus();
}

let fetching = Promise.resolve();
function fetchNew() {
  fetching = fetching.then(async () => {
    const id = currentId();
    const log = talk.querySelector(".log");
    if (!log) return;
    const last = log.lastElementChild?.dataset.seq ?? 0;
    const html = await fragment(`/desk/conversations/${id}/messages?after=${last}`);
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
const STATE = { queued: "待发送", sent: "已发送", delivered: "已送达", seen: "已读", dead: "发送失败", expired: "已过期" };
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

async function act(action, body = new URLSearchParams()) {
  const response = await fetch(`/desk/conversations/${currentId()}/${action}`, {
    method: "POST", headers: { "X-CSRF-Token": csrf }, body,
  });
  if (response.ok) return null;
  if (response.status === 401) location.assign("/desk/login");
  try { return (await response.json()).error.message; } catch { return "没有成功，请刷新页面后重试。"; }
}

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) { event.preventDefault(); await open(opener.dataset.open); return; }
  const piece = event.target.closest("[data-insert]");
  if (piece) { insert(piece.dataset.insert); return; }
  const actor = event.target.closest("[data-act]");
  if (!actor) return;
  actor.disabled = true;
  const problem = await act(actor.dataset.act);
  if (problem) { link.textContent = problem; actor.disabled = false; }
  await open(currentId(), false);
});

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
  const box = form.elements.text;
  const problem = form.querySelector(".error");
  if (!box.value.trim()) return;
  form.dataset.clientId ||= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
  const refusal = await act("say", new URLSearchParams({ text: box.value, client_id: form.dataset.clientId }))
    .catch(() => "网络中断，内容还在输入框里，请稍后再发。");
  problem.hidden = !refusal;
  problem.textContent = refusal ?? "";
  if (!refusal) { box.value = ""; form.dataset.clientId = ""; await fetchNew(); }
});

let lastTyping = 0;
talk.addEventListener("input", (event) => {
  if (event.target.name !== "text") return;
  if (Date.now() - lastTyping > 3000) { lastTyping = Date.now(); act("typing").catch(() => {}); }
});
document.addEventListener("keydown", (event) => {
  if (event.target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault(); event.target.form.requestSubmit();
  } else if (!event.target.matches("input, textarea") && event.key.toLowerCase() === "t" && !event.ctrlKey && !event.metaKey) {
    talk.querySelector("[data-act=take]")?.click();
  }
});
addEventListener("popstate", () => location.reload());

let typingTimer;
async function happened(event) {
  const here = event.conversation_id === currentId();
  if (event.kind === "typing") {
    const note = talk.querySelector(".typing");
    if (here && note) { note.hidden = false; clearTimeout(typingTimer); typingTimer = setTimeout(() => { note.hidden = true; }, 4000); }
    return;
  }
  if (event.kind === "resumed") return lookAgain();  // some events did not reach us
  if (event.kind === "note") { if (here) refreshSide(); return; }
  if (event.kind === "seen") { if (here) refreshStates(100); return; }
  if (event.kind === "message" && here) await fetchNew();
  if (event.kind === "owner" && here) await open(currentId(), false);
  else await refreshQueue();
}

// Anything may have changed while nobody told us: new messages, and who owns the conversation.
const lookAgain = () => (currentId() ? open(currentId(), false) : refreshQueue());

let wait = 500;
let away = false;
function connect() {
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/desk/events`);
  socket.onopen = async () => {
    wait = 500;
    link.textContent = "已连接";
    if (away) await lookAgain();
    else { await refreshQueue(); await fetchNew(); }
    away = false;
  };
  socket.onmessage = (message) => happened(JSON.parse(message.data)).catch(() => {});
  socket.onclose = () => { away = true; link.textContent = "连接断开，正在重连…"; setTimeout(connect, wait); wait = Math.min(10000, wait * 2); };
}
setInterval(() => {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dataset.since)) / 1000));
    time.textContent = `已等 ${Math.floor(seconds / 60)} 分 ${seconds % 60} 秒`;
    time.classList.toggle("late", seconds > 180);
  }
}, 1000);
scrollDown();
refreshSide();
connect();
