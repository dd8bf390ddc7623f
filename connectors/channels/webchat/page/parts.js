// One part of a message as DOM. Text is always set as text, never as markup.

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
const LIGHT = { green: "办理正常", yellow: "即将到期", orange: "临近超期", red: "已超期" };
const STATE = { done: "已完成", current: "正在进行", todo: "未开始" };
const when = (iso) => iso ? new Date(iso).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" }) : "";

const shapes = {
  text: (part) => linked(part.text),
  citation(part) {
    const source = [part.title, part.issuer, part.document, part.document_number, part.effective_from && `${part.effective_from} 起施行`].filter(Boolean).join(" · ");
    const link = safe(part.link);
    return el("figure", { class: "citation" },
      el("blockquote", {}, ...paragraphs(part.quote)),
      el("figcaption", {},
        part.historical ? el("span", { class: "flag" }, "历史版本，现已失效") : null,
        part.sample ? el("span", { class: "flag" }, "示例") : null,
        el("span", { class: "source" }, `来源：${source}`),
        link ? el("a", { href: link, ...outward }, "查看原文") : null));
  },
  fields: (part) => el("section", { class: "card" },
    el("h3", {}, part.title),
    el("dl", {}, ...part.rows.flatMap((row) => [el("dt", {}, row.label), el("dd", {}, row.value)]))),
  order: (part) => el("section", { class: "card order" },
    el("h3", {}, `工单${part.status}`),
    el("p", { class: "number" }, part.number),
    part.title ? el("p", {}, part.title) : null,
    part.text ? el("p", { class: "soft" }, part.text) : null),
  progress: (part) => el("section", { class: "card" },
    el("h3", {}, `工单 ${part.number}`, part.light ? el("span", { class: `light ${part.light}` }, LIGHT[part.light]) : null),
    el("ol", { class: "nodes" }, ...part.nodes.map((node) => el("li", { class: node.state },
      el("strong", {}, node.name), el("span", { class: "sr" }, STATE[node.state]),
      el("span", { class: "soft" }, [when(node.at), node.by, node.note].filter(Boolean).join(" · ")))))),
  link: (part) => (safe(part.url) ? el("p", {}, el("a", { href: part.url, ...outward }, part.label)) : el("p", {}, part.label)),
  location: (part) => el("p", { class: "soft" }, `位置：${part.label || `${part.latitude.toFixed(5)}, ${part.longitude.toFixed(5)}`}`),
  attachment: file,
};

function file(part) {
  const label = part.name || { image: "照片", video: "视频", audio: "语音" }[part.media.split("/")[0]] || "文件";
  const open = { href: part.url, target: "_blank", rel: "noopener" };
  if (!part.url) return el("p", { class: "soft" }, `附件：${label}`);
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
  return el("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "表格" }, el("table", {},
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
