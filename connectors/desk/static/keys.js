// The desk by keyboard: one letter, one thing; none while somebody is writing, or when they have
// switched the letters off, which stays so in their browser (WCAG 2.1.4).
const OFF = "huiying-desk-keys-off";

export function listen(does) {
  const keys = document.getElementById("keys");
  const show = () => { if (!keys.open) keys.showModal(); };
  const on = document.getElementById("keys-on");
  on.checked = !localStorage.getItem(OFF);
  on.addEventListener("change", () => { if (on.checked) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); });
  document.getElementById("help")?.addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      target.form.requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      const menu = target.closest(".menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); return; }
      if (target.matches("input, textarea, select")) { target.blur(); return; }
    }
    if (target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey || keys.open || !on.checked) return;
    const actions = {
      "?": show, "？": show, "/": does.ask, j: () => does.next(1), k: () => does.next(-1), n: does.longest,
      t: does.take, x: does.decline, r: does.write, m: does.note, s: does.side, f: does.fields, u: does.reveal,
      i: does.insert, o: does.register, z: () => does.menu("transfer"), b: () => does.menu("hand-back"),
      e: () => does.menu("close"), h: () => does.focus("hand-back"), v: () => does.focus("video"),
    };
    const action = actions[event.key.toLowerCase()] ?? (/^[1-9]$/.test(event.key) ? () => does.reply(Number(event.key)) : null);
    if (!action) return;
    event.preventDefault();
    action();
  });
}
