// The desk by keyboard: one letter, one thing; none while somebody is writing.
export function listen(does) {
  const keys = document.getElementById("keys");
  const show = () => { if (!keys.open) keys.showModal(); };
  document.getElementById("help")?.addEventListener("click", show);
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (target.matches("textarea") && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      target.form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && target.matches("input, textarea, select")) { target.blur(); return; }
    if (target.matches("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    const actions = {
      "?": show, "？": show, "/": does.ask, j: () => does.next(1), k: () => does.next(-1), n: does.longest,
      t: does.take, x: does.decline, r: does.write, m: does.note, s: does.side,
    };
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
