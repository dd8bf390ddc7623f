// One part of a message as DOM. Text is always set as text, never as markup.
import { say } from "./words.js";

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const safe = (url) => (/^https?:\/\//i.test(url ?? "") ? url : null);
const outward = { target: "_blank", rel: "noopener noreferrer" };
const LIGHT = { green: say("page_light_green"), yellow: say("page_light_yellow"), orange: say("page_light_orange"), red: say("page_light_red") };
const STATE = { done: say("page_node_done"), current: say("page_node_current"), todo: say("page_node_todo") };
const when = (iso) => iso ? new Date(iso).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }) : "";

const shapes = {
  text: (part) => linked(part.text),
  citation(part) {
    const source = [part.title, part.issuer, part.document, part.document_number, part.effective_from && say("page_in_force_from", { date: part.effective_from })].filter(Boolean).join(" · ");
    const link = safe(part.link);
    return el("figure", { class: "citation" },
      part.quote ? el("blockquote", {}, ...paragraphs(part.quote)) : null,
      el("figcaption", {},
        part.historical ? el("span", { class: "flag" }, say("page_historical")) : null,
        part.sample ? el("span", { class: "flag" }, say("page_sample")) : null,
        el("span", { class: "source" }, say("page_source", { source })),
        link ? el("a", { href: link, ...outward }, say("page_original")) : null));
  },
  fields: (part) => el("section", { class: "card" },
    el("h3", {}, part.title),
    el("dl", {}, ...part.rows.flatMap((row) => [el("dt", {}, row.label), el("dd", {}, row.value)]))),
  order: (part) => el("section", { class: "card order" },
    el("h3", {}, say("page_order_state", { state: part.status })),
    el("p", { class: "number" }, part.number),
    part.title ? el("p", {}, part.title) : null,
    part.text ? el("p", { class: "soft" }, part.text) : null),
  progress: (part) => el("section", { class: "card" },
    el("h3", {}, say("page_order", { number: part.number }), part.light ? el("span", { class: `light ${part.light}` }, LIGHT[part.light]) : null),
    el("ol", { class: "nodes" }, ...part.nodes.map((node) => el("li", { class: node.state },
      el("strong", {}, node.name), el("span", { class: "sr" }, STATE[node.state]),
      el("span", { class: "soft" }, [when(node.at), node.by, node.note].filter(Boolean).join(" · ")))))),
  link: (part) => (safe(part.url) ? el("p", {}, el("a", { href: part.url, ...outward }, part.label)) : el("p", {}, part.label)),
  location: (part) => el("p", { class: "soft" }, say("page_at_place", { place: part.label || `${part.latitude.toFixed(5)}, ${part.longitude.toFixed(5)}` })),
  attachment: file,
};

function file(part) {
  const label = part.name || { image: say("page_kind_image"), video: say("page_kind_video"), audio: say("page_kind_audio") }[part.media.split("/")[0]] || say("page_kind_file");
  const open = { href: part.url, target: "_blank", rel: "noopener" };
  if (!part.url) return el("p", { class: "soft" }, say("page_attachment", { name: label }));
  if (part.small) return el("a", { class: "photo", ...open }, el("img", { src: part.small, alt: label, loading: "lazy" }));
  if (part.media.startsWith("video/")) return el("video", { src: part.url, controls: true, preload: "metadata", "aria-label": label });
  if (part.media.startsWith("audio/")) return el("audio", { src: part.url, controls: true, preload: "metadata", "aria-label": label });
  return el("p", {}, el("a", open, label));
}

// `next` is the part that follows: passages of one entry share the source under the last of them.
export function show(part, next) {
  const shape = shapes[part.kind];
  const shown = shape ? shape(part) : linked(part.text ?? "");
  if (part.kind === "citation" && next?.kind === "citation" && next.entry_id === part.entry_id) {
    shown.querySelector("figcaption").remove();
  }
  return shown;
}

function paragraphs(text) {
  const shown = [];
  let rows = [];
  const close = () => { if (rows.length) shown.push(table(rows)); rows = []; };
  for (const line of text.split(/\n+/).filter((one) => one.trim())) {
    if (/^\s*\|.*\|\s*$/.test(line)) { rows.push(line.trim()); continue; }
    close();
    const heading = line.match(/^#{1,6}\s*(.+)$/);
    shown.push(heading ? el("p", { class: "head" }, heading[1]) : el("p", {}, ...marked(line)));
  }
  close();
  return shown;
}

// Rows of a table (| 年龄 | 标准 |); with a rule below the first, that is the heading.
function table(rows) {
  const rule = (row) => /^\|[\s:|-]+\|$/.test(row) && row.includes("--");
  const cells = (row, tag) => el("tr", {}, ...row.slice(1, -1).split("|").map((cell) => el(tag, {}, cell.replaceAll("==", "").trim())));
  const headed = rows.length > 1 && rule(rows[1]);
  const body = rows.filter((row, at) => !rule(row) && !(headed && at === 0));
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": say("page_table") }, el("table", {},
    headed ? el("thead", {}, cells(rows[0], "th")) : null,
    el("tbody", {}, ...body.map((row) => cells(row, "td")))));
}

// Sentences that matter are marked ==like this== by the knowledge base.
function marked(line) {
  return line.split(/==(.+?)==/).map((piece, i) => (i % 2 ? el("mark", {}, piece) : piece)).filter((piece) => piece !== "");
}

function linked(text) {
  const pieces = text.split(/(https?:\/\/[^\s，。；！？、）】》"'<>]+)/);
  return el("p", { class: "text" }, ...pieces.map((piece, i) => (i % 2 ? el("a", { href: piece, ...outward }, piece) : piece)));
}
