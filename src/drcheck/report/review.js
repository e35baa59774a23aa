// Opens what an address points at, draws the trace that is opened from its text, and filters. Without it all text is there.
"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const make = (name, attributes, text) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  // A row for each event: its number, event, kind and time, and for each component that takes part what changes.
  const read = (lines) => {
    const rows = [], order = [];
    const seen = (name) => { if (!order.includes(name)) order.push(name); };
    for (const line of lines) {
      const event = line.match(/^ *([\d-]+)\.  (.*?)(?:  \[(\w+)\])?(?:(?:  at|, until) (\S+))?$/);
      const change = line.match(/^ {8,}(?:\S+ {2,}| {2,})?([A-Za-z_][\w.]*): (.*)$/);
      if (event) rows.push({ number: event[1], event: event[2], kind: event[3] || "time", at: event[4] || "", changes: [] });
      else if (change && rows.length) { rows.at(-1).changes.push([change[1], change[2]]); seen(change[1]); }
      else if (rows.length && line.trim()) rows.at(-1).mark = line.trim();
    }
    return { rows, order };
  };

  const draw = (pre) => {
    const { rows, order } = read(pre.textContent.split("\n"));
    if (!rows.length || !order.length) return;
    const width = 1040, left = 300, step = (width - left - 50) / order.length, tall = 22, roomy = step >= 110;
    const top = roomy ? 34 : 24 + 6 * Math.max(...order.map((name) => name.length)), height = top + rows.length * tall + 10;
    const chart = make("svg", { viewBox: `0 0 ${width} ${height}`, class: "drawn", role: "img" });
    chart.append(make("title", {}, "The trace below as a chart"));
    const x = (name) => left + (order.indexOf(name) + 0.5) * step;
    for (const name of order) {
      chart.append(make("line", { x1: x(name), x2: x(name), y1: top - 6, y2: height - 6 }));
      const turned = roomy ? { x: x(name), y: top - 12, "text-anchor": "middle" } : { transform: `translate(${x(name) + 4} ${top - 10}) rotate(-60)` };
      chart.append(make("text", turned, name));
    }
    rows.forEach((row, n) => {
      const y = top + (n + 0.5) * tall, group = make("g", { class: `row ${row.kind}` });
      group.append(make("rect", { x: 0, y: y - tall / 2, width, height: tall }));
      group.append(make("text", { x: 34, y: y + 4, "text-anchor": "end", class: "dim" }, row.number));
      group.append(make("text", { x: 42, y: y + 4 }, cut(row.event, 33)));
      group.append(make("text", { x: left - 8, y: y + 4, "text-anchor": "end", class: "dim" }, row.at));
      for (const [name, what] of row.changes) {
        const still = what.startsWith("takes part"), dot = make("g", still ? { class: "still" } : {});
        dot.append(make("title", {}, `${name}: ${what}`), make("circle", { cx: x(name), cy: y, r: 4.5 }));
        if (roomy && !still) dot.append(make("text", { x: x(name) + 8, y: y + 4, class: "dim" }, cut(what.split(", ")[0].replace(/^.* -> /, "\u2192 "), step / 8)));
        group.append(dot);
      }
      if (row.mark) { const t = make("title", {}, row.mark); group.append(t); }
      chart.append(group);
    });
    pre.before(chart);
  };
  const cut = (text, room) => (text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}\u2026`);

  document.addEventListener("toggle", (event) => {
    const pre = event.target.open && event.target.querySelector(":scope > pre.trace");
    if (pre && !event.target.querySelector("svg.drawn")) draw(pre);
  }, true);

  const arrive = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    const folded = target.tagName === "ARTICLE" && target.querySelector(":scope > details");
    if (folded && target.id.startsWith("trace-")) folded.open = true;
    target.hidden = false;
    target.scrollIntoView();
  };
  addEventListener("hashchange", arrive);

  // Filters: of each facet, the values that entries and rows of a part have.
  const FACETS = ["severity", "verdict", "claim", "component"];
  const values = (item, facet) => (item.dataset[facet] === undefined ? null : item.dataset[facet].split("|"));
  for (const part of document.querySelectorAll("section.filtered")) {
    const items = [...part.querySelectorAll("article, tbody > tr:not(.group)")].filter((item) => FACETS.some((facet) => values(item, facet)));
    const form = document.createElement("form");
    form.className = "filter";
    form.setAttribute("aria-label", `Filter ${part.querySelector("h2").textContent}`);
    const chosen = {}, count = document.createElement("output");
    const show = () => {
      let shown = 0;
      for (const item of items) {
        item.hidden = !FACETS.every((facet) => !chosen[facet] || (values(item, facet) || []).includes(chosen[facet]));
        shown += !item.hidden;
      }
      count.textContent = `${shown} of ${items.length} shown`;
    };
    for (const facet of FACETS) {
      const found = [...new Set(items.flatMap((item) => values(item, facet) || []).filter(Boolean))];
      if (found.length < 2) continue;
      if (facet === "claim" || facet === "component") found.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
      const label = document.createElement("label"), select = document.createElement("select");
      for (const value of ["", ...found]) select.add(new Option(value || "all", value));
      select.addEventListener("change", () => { chosen[facet] = select.value; show(); });
      label.append(`${facet} `, select);
      form.append(label);
    }
    if (!form.childElementCount || items.length < 5) continue;
    form.append(count);
    form.addEventListener("submit", (event) => event.preventDefault());
    part.querySelector("h2").after(form);
    show();
  }
  arrive();
})();
