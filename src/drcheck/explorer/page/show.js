// What is seen: every function draws one part of the page anew from plain data. Text is only ever set as text.

/** An element: `make("li", {class: "x"}, "text", other)`. */
export function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...inside.filter((each) => each !== null && each !== undefined));
  return element;
}

export const byId = (id) => document.getElementById(id);

function fill(id, ...inside) {
  byId(id).replaceChildren(...inside);
}

const contains = (text, part) => text.toLowerCase().includes(part.toLowerCase());

export const changeText = (change) =>
  `${change.variable ? `${change.component}.${change.variable}` : change.component}: ${change.from} → ${change.to}`;

/** The steps that can be taken, by kind; `take(event, way)`. */
export function showEnabled(view, kinds, take) {
  const parts = [];
  let number = 0;
  for (const kind of kinds) {
    const those = view.enabled.filter((each) => each.kind === kind);
    if (!those.length) continue;
    const list = make("ul", { class: "steps" });
    for (const each of those) {
      number += 1;
      const way = each.ways > 1 ? `#${each.way}` : "";
      const changes = each.changes.map(changeText);
      const shown = changes.length > 6 ? [...changes.slice(0, 6), `and ${changes.length - 6} more`] : changes;
      const what = each.leaves ? `would take ${each.leaves} out of its domain` : shown.join("; ") || "nothing changes";
      const notes = [each.chosen, each.fault && `fault: ${each.fault}`, each.urgent && "urgent"].filter(Boolean).join(", ");
      list.append(
        make("li", {}, make("button", {
          class: kind, disabled: Boolean(each.leaves), title: each.doc, "data-event": each.event, "data-way": each.way,
          on: { click: () => take(each.event, each.ways > 1 ? each.way : null) },
        },
        make("span", { class: "mono", "aria-hidden": "true" }, number < 10 ? `${number} ` : ""),
        make("span", { class: "name" }, each.event + way), notes ? ` (${notes})` : "",
        each.known === null ? null : make("span", { class: "known" }, " · seen"),
        make("span", { class: each.leaves ? "what leaves" : "what" }, what))),
      );
    }
    parts.push(make("h3", {}, { automatic: "Automatic", operator: "Operators", environment: "Environment", time: "Time" }[kind] ?? kind), list);
  }
  fill("enabled", ...(parts.length ? parts : [make("p", {}, "No step is possible.")]));
}

/** Why the other events cannot happen. What is open stays open. */
export function showBlocked(view, part) {
  const open = new Set([...document.querySelectorAll("#blocked details[open]")].map((each) => each.dataset.event));
  const shown = view.blocked.filter((each) => contains(each.event, part));
  fill("blocked", ...shown.map((each) => {
    const rows = each.reasons.map((reason) => make("li", {},
      make("span", { class: "failing" }, reason.condition), reason.values ? make("span", { class: "values" }, ` (${reason.values})`) : null));
    return make("details", { class: each.kind, "data-event": each.event, open: open.has(each.event) || (part !== "" && shown.length === 1) },
      make("summary", {}, each.event, make("small", {}, ` ${each.kind}`)), make("ul", { class: "reasons" }, ...rows));
  }));
}

/** The components by site, with the active state lit; `draw(component, state)`. */
export function showState(view, part, changedOnly, draw) {
  const parts = [];
  for (const site of view.sites) {
    const cards = [];
    for (const each of site.components) {
      const changed = each.before !== null || each.variables.some((v) => v.before !== null);
      if (!contains(each.name, part) || (changedOnly && !changed)) continue;
      const few = each.states.length <= 7;
      const states = each.states.filter((state) => few || state === each.state || state === each.before).map((state) => make("li",
        { class: [state === each.state && "lit", state === each.state && each.failure && "failure", state === each.before && "was"].filter(Boolean).join(" "),
          "aria-current": state === each.state ? "true" : null }, state));
      if (!few) states.push(make("li", {}, `1 of ${each.states.length}`));
      const values = each.variables.map((v) => make("div", {}, make("dt", { title: v.doc }, v.name),
        make("dd", {}, v.before === null ? v.value : make("span", {}, `${v.before} → `, make("span", { class: "now" }, v.value)))));
      cards.push(make("article", { class: changed ? "component changed" : "component", "data-component": each.name },
        make("header", {}, make("h4", { title: each.doc }, each.name),
          each.budget ? null : make("button", { class: "draw", "aria-label": `draw the machine of ${each.name}`, on: { click: () => draw(each.name, each.state) } }, "draw")),
        each.states.length > 1 ? make("ul", { class: "states" }, ...states) : null,
        values.length ? make("dl", { class: "values" }, ...values) : null));
    }
    if (cards.length) parts.push(make("h3", {}, site.site === null ? (view.sites.length > 1 ? "At no site" : "Components") : `Site ${site.site}`),
      make("div", { class: "components" }, ...cards));
  }
  fill("sites", ...(parts.length ? parts : [make("p", { class: "small" }, "None of them.")]));
}

/** The way here, ticks in a row as one line, and what was found ahead; `go(node)`. */
export function showHistory(view, ahead, lost, go, unfold) {
  const heads = ["step", "event", "at", ...view.columns.map((each) => each.text)];
  const rows = [];
  for (let position = 0; position < view.history.length; position += 1) {
    const row = view.history[position];
    let last = position;
    if (!unfold && !view.columns.length && row.kind === "time") {
      while (last + 1 < view.history.length - 1 && view.history[last + 1].kind === "time" && view.history[last + 1].forks < 2) last += 1;
    }
    const end = view.history[last];
    const here = end.node === view.node;
    const label = row.event ? (last > position ? `${last - position + 1} × ${row.event}` : row.event) + (row.chosen ? ` (${row.chosen})` : "") : "the beginning";
    const steps = last > position ? `${row.step}–${end.step}` : `${row.step}`;
    rows.push(make("tr", { class: [here && "here", lost !== null && lost > 0 && end.step >= lost && "lost"].filter(Boolean).join(" "), "aria-current": here ? "step" : null },
      make("th", { scope: "row" }, steps),
      make("td", { title: row.changes.map(changeText).join("\n") }, here ? label : make("button", { on: { click: () => go(end.node) } }, label),
        row.forks > 1 ? make("small", {}, ` ${row.forks} ways on`) : null),
      make("td", {}, end.elapsed), ...end.values.map((value) => make("td", {}, value))));
    position = last;
  }
  if (ahead) rows.push(make("tr", { class: "ahead" }, make("th", { scope: "row" }, `+${ahead}`), make("td", { colspan: heads.length - 1 }, "steps ahead: Next, Run")));
  fill("history", make("table", {}, make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))), make("tbody", {}, ...rows)));
  byId("history").scrollTop = byId("history").scrollHeight;
}

/** What the properties say here: those that are broken first. */
export function showProperties(view, part, elsewhere) {
  const order = { bad: 0, good: 2, "": 1 };
  const shown = view.properties.filter((each) => contains(each.name, part)).sort((a, b) => order[a.mark] - order[b.mark]);
  const rows = shown.map((each) => make("li", {}, make("span", { class: `word ${each.mark}` }, each.word), ` ${each.name}`,
    each.verdict ? make("small", {}, ` · last check: ${each.verdict}`) : null,
    each.parts.length ? make("details", {}, make("summary", {}, "its parts"), make("ul", { class: "reasons" },
      ...each.parts.map((p) => make("li", {}, `${p.called}: `, make("code", {}, p.text), " = ", make("strong", {}, p.value))))) : null));
  const others = elsewhere.filter((each) => contains(each.name, part)).map((each) => make("li", {}, each.name, make("small", {}, ` · ${each.why}`)));
  fill("properties", make("ul", { class: "says", tabindex: "0", "aria-label": "properties" }, ...rows),
    others.length ? make("details", {}, make("summary", {}, `${others.length} more, stated for other parameters`), make("ul", { class: "says", tabindex: "0", "aria-label": "properties for other parameters" }, ...others)) : "");
}

/** Columns and breakpoints, each to be removed. */
export function showTexts(columns, breaks, remove) {
  const chip = (kind, text, error) => make("span", {}, kind === "break" ? "stops where " : "column ", make("code", {}, text), error ? ` ${error}` : "",
    make("button", { "aria-label": `remove ${text}`, on: { click: () => remove(kind, text) } }, "×"));
  const chips = [...columns.map((each) => chip("column", each.text, each.error)), ...breaks.map((text) => chip("break", text, ""))];
  fill("breaks", chips.length ? make("p", { class: "chips" }, ...chips) : "");
}

/** The answer to a question. */
export function showAnswer(answer) {
  byId("answer").classList.toggle("lost", Boolean(answer.lost));
  fill("answer", ...(answer.tried ?? []).map((each) => make("p", {}, make("strong", {}, each.by), `: ${each.said}`)),
    answer.said ? make("p", {}, answer.said) : "", answer.loop === null || answer.loop === undefined ? "" : make("p", {}, `A cycle begins after step ${answer.loop}.`),
    answer.runbook?.length ? make("ol", {}, ...answer.runbook.map((line) => make("li", {}, line.replace(/^\d+\. /, "")))) : "",
    answer.trail?.length ? make("p", { class: "small" }, answer.trail.length === 1 ? "1 step ahead: Next takes it." : `${answer.trail.length} steps ahead: Next takes one, Run all of them.`) : "");
}

/** A machine as it is drawn, the active state lit. */
export function showMachine(svg, component, state) {
  const drawn = document.importNode(new DOMParser().parseFromString(svg, "image/svg+xml").documentElement, true);
  const squeezed = (text) => text.replace(/\s+/g, "");
  for (const node of drawn.querySelectorAll("g.node")) {
    const texts = [...node.querySelectorAll("text")].map((each) => each.textContent);
    for (let n = 1; n <= texts.length; n += 1) {
      if (squeezed(texts.slice(0, n).join("")) === squeezed(state)) node.classList.add("lit-state");
    }
  }
  byId("machine-h").textContent = `${component}: ${state}`;
  fill("drawing", drawn);
  byId("machine").showModal();
}
