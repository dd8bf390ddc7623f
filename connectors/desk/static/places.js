// Names of places for a field, as they are typed: what is chosen is the whole name.
let asked = 0;

for (const field of document.querySelectorAll("[data-places]")) {
  field.addEventListener("input", async () => {
    const words = field.value.trim();
    const mine = ++asked;
    if (words.length < 2) return;
    const answer = await fetch(`/desk/knowledge/places?q=${encodeURIComponent(words)}`).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const names = await answer.json();
    field.list.replaceChildren(...names.map((name) => new Option(name, name)));
  });
}
