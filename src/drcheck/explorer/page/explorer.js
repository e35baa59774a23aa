// What is done: the state of the page, its questions to the server, and its keys. The token stays in this tab.
import { byId, make, showAnswer, showBlocked, showEnabled, showHistory, showMachine, showProperties, showState, showTexts } from "/show.js";

const KEY = "drcheck-token";
const state = { about: null, view: null, trail: [], columns: [], breaks: [], lost: null, job: null, seed: 1, unfold: false, busy: false };

// The token comes in the part of the address that is sent to nobody, and leaves it at once: an address that is copied has none.
const given = location.hash.slice(1);
if (given) {
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname);
}

class Refused extends Error {
  constructor(error) {
    super(error.text);
    this.pointer = error.pointer ?? [];
  }
}

async function ask(question, fields = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${question}`, {
      method: "POST", headers: { "content-type": "application/json", "x-drcheck-token": sessionStorage.getItem(KEY) ?? "" }, body: JSON.stringify(fields),
    });
  } catch {
    throw new Refused({ text: "drcheck explore does not answer: its terminal was closed, or it has ended." });
  }
  if (!(answer.headers.get("content-type") ?? "").startsWith("application/json")) throw new Refused({ text: await answer.text() });
  const found = await answer.json();
  if (found.error) throw new Refused(found.error);
  return found;
}

function say(text) {
  byId("status").textContent = text;
}

function fail(error) {
  if (!(error instanceof Refused)) throw error;
  byId("error").replaceChildren(make("p", {}, error.message), ...(error.pointer.length ? [make("pre", {}, error.pointer.join("\n"))] : []));
}

/** Carry out what a button or key asks, one after the other; what is refused is said. */
async function attempt(work) {
  if (state.busy) return;
  state.busy = true;
  byId("error").replaceChildren();
  try {
    await work();
  } catch (error) {
    fail(error);
  } finally {
    state.busy = false;
  }
}

// -- moves ------------------------------------------------------------------------------------------------------------
const withColumns = (fields) => ({ ...fields, columns: state.columns });

function arrive(view, trail) {
  const at = focusedStep();
  state.view = view;
  state.trail = trail;
  draw();
  if (at !== null) {
    const steps = stepButtons();
    (steps[Math.min(at, steps.length - 1)] ?? byId("back")).focus();
  }
}

async function go(node, trail = []) {
  arrive(await ask("node", withColumns({ node })), trail);
}

async function take(event, way) {
  const view = await ask("step", withColumns({ node: state.view.node, event, way }));
  arrive(view, state.trail[0] === view.node ? state.trail.slice(1) : []);
  state.lost = null;
  const steps = view.enabled.length;
  say(`${event}: ${steps === 1 ? "1 step" : `${steps || "no"} steps`} can follow`);
}

async function back(node = null) {
  const rows = state.view.history;
  const to = node === null ? rows.length - 2 : rows.findIndex((row) => row.node === node);
  if (to < 0) return;
  await go(rows[to].node, [...rows.slice(to + 1).map((row) => row.node), ...state.trail]);
}

async function next() {
  if (state.trail.length) await go(state.trail[0], state.trail.slice(1));
  else say("There is nothing ahead: decide a property, look for a state, or go back.");
}

async function run() {
  if (!state.trail.length) return next();
  const found = await ask("run", { trail: state.trail, breaks: state.breaks });
  await go(found.node, state.trail.slice(found.passed));
  return say(`Stopped: ${found.why}`);
}

// -- searches ---------------------------------------------------------------------------------------------------------
async function job(kind, fields, takeOver) {
  const started = await ask("job", { kind, node: state.view.node, ...fields });
  state.job = started.job;
  byId("working").hidden = false;
  byId("progress").textContent = "searching";
  state.busy = false; // one can step on while it runs
  let found = started;
  try {
    while (!found.done) {
      found = await ask("poll", { job: started.job });
      byId("progress").textContent = `searching: ${found.states === undefined ? "" : `${found.states.toLocaleString("en")} states, `}${found.seconds} s`;
    }
    await takeOver(found.answer);
  } finally {
    byId("working").hidden = true;
    state.job = null;
  }
}

async function found(answer) {
  showAnswer(answer);
  if (answer.end === null || answer.end === undefined) return;
  await go(answer.start, answer.trail);
}

async function arrived(answer) {
  await go(answer.end);
  say(answer.said);
  if (answer.warning) byId("error").replaceChildren(make("p", {}, answer.warning));
}

async function lost(answer) {
  state.lost = answer.step;
  showAnswer(answer);
  draw();
}

async function walk() {
  const kind = byId("walk-kind").value;
  state.seed += 1;
  await job("walk", { steps: byId("walk-steps").valueAsNumber, seed: state.seed, kinds: kind ? [kind] : [], breaks: state.breaks }, arrived);
}

// -- out of here ------------------------------------------------------------------------------------------------------
async function save(form) {
  const saved = await ask("save", { node: state.view.node, form });
  const address = URL.createObjectURL(new Blob([saved.text], { type: saved.type }));
  make("a", { href: address, download: saved.name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  say(`Saved as ${saved.name}`);
}

async function copy() {
  const field = byId("command");
  try {
    await navigator.clipboard.writeText(field.value);
    say("Copied.");
  } catch {
    field.focus();
    field.select();
    say("Select and copy it: this browser does not let a page do that.");
  }
}

async function machine(component, at) {
  const drawn = await ask("machine", { component });
  showMachine(drawn.svg, component, at);
}

// -- the page ---------------------------------------------------------------------------------------------------------
function draw() {
  const { view, about } = state;
  const time = view.elapsed ? ` at ${view.elapsed}` : "";
  const cycle = view.met === null ? "" : `, the state after step ${view.met} again: a cycle`;
  byId("where").textContent = `Step ${view.step}${time}${cycle}`;
  byId("back").disabled = view.step === 0;
  byId("next").disabled = byId("run").disabled = state.trail.length === 0;
  showEnabled(view, about.kinds, (event, way) => attempt(() => take(event, way)));
  showBlocked(view, byId("blocked-find").value);
  showState(view, byId("state-find").value, byId("changed-only").checked, (name, at) => attempt(() => machine(name, at)));
  showHistory(view, state.trail.length, state.lost, (node) => attempt(() => back(node)), state.unfold);
  showProperties(view, byId("says-find").value, about.elsewhere);
  showTexts(view.columns, state.breaks, (kind, text) => attempt(() => remove(kind, text)));
  byId("command").value = view.command.includes("@FILE") ? `${view.command}   (save the path as the file)` : view.command;
}

async function remove(kind, text) {
  if (kind === "column") state.columns = state.columns.filter((each) => each !== text);
  else state.breaks = state.breaks.filter((each) => each !== text);
  await go(state.view.node, state.trail);
}

const stepButtons = () => [...document.querySelectorAll("#enabled button:not(:disabled)")];

function focusedStep() {
  const at = [...document.querySelectorAll("#enabled button")].indexOf(document.activeElement);
  return at < 0 ? null : at;
}

function move(by) {
  const steps = stepButtons();
  const at = steps.indexOf(document.activeElement);
  steps[at < 0 ? 0 : (at + by + steps.length) % steps.length]?.focus();
}

const KEYS = {
  b: () => back(), n: next, r: run, w: walk, c: copy, j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1),
  e: () => byId("expression").focus(), x: () => cancel(), "?": () => byId("help").showModal(),
};

async function cancel() {
  if (state.job !== null) await ask("cancel", { job: state.job });
}

function onKey(event) {
  const typing = event.target.closest("input, select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const inList = event.target.closest(".wide, .says, summary");
  if (event.key.startsWith("Arrow") && inList) return; // they scroll there
  const wanted = /^[1-9]$/.test(event.key) ? () => document.querySelectorAll("#enabled button")[Number(event.key) - 1]?.click() : KEYS[event.key];
  if (!wanted) return;
  event.preventDefault();
  if (/^[1-9]$/.test(event.key)) wanted();
  else attempt(async () => wanted());
}

function listen() {
  const on = (id, event, work) => byId(id).addEventListener(event, (e) => {
    e.preventDefault();
    attempt(work);
  });
  on("back", "click", () => back());
  on("next", "click", next);
  on("run", "click", run);
  on("walk", "click", walk);
  on("start", "change", async () => arrive(await ask("root", withColumns({ initial: byId("start").valueAsNumber })), []));
  byId("cancel").addEventListener("click", () => cancel().catch(fail));
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  on("copy", "click", copy);
  for (const button of document.querySelectorAll("#save button")) button.addEventListener("click", () => attempt(() => save(button.dataset.form)));
  for (const id of ["blocked-find", "state-find", "says-find", "changed-only"]) byId(id).addEventListener("input", draw);
  const expression = () => byId("expression").value.trim();
  on("ask-expression", "submit", async () => {
    const answer = await ask("value", { node: state.view.node, text: expression() });
    const sign = ["true", "false"].includes(answer.value) ? ":" : " ="; // a condition may have signs of equality of its own
    showAnswer({ said: `${expression()}${sign} ${answer.value}` });
  });
  on("as-column", "click", async () => {
    await ask("value", { node: state.view.node, text: expression() });
    if (!state.columns.includes(expression())) state.columns.push(expression());
    await go(state.view.node, state.trail);
  });
  on("as-break", "click", async () => {
    const answer = await ask("value", { node: state.view.node, text: expression() });
    if (answer.kind !== "boolean") throw new Refused({ text: "A breakpoint is a condition: compare it, as in server.queue > 0." });
    if (!state.breaks.includes(expression())) state.breaks.push(expression());
    draw();
  });
  on("near", "click", () => job("near", { text: expression() }, found));
  on("ask-event", "submit", () => job("near_event", { text: byId("event").value }, found));
  on("ask-goal", "submit", () => job("recover", { text: goal() }, found));
  on("no-return", "click", () => job("no_return", { text: goal() }, lost));
  on("ask-property", "submit", () => job("trace", { text: byId("property").value }, found));
  on("from-here", "click", () => job("from_here", { text: byId("property").value }, found));
  on("open", "submit", () => job("open", { text: pathOf(byId("path").value) }, arrived));
  document.addEventListener("keydown", onKey);
}

const goal = () => byId("goal").value.trim() || (state.about.goals[0]?.name ?? "");

/** The path in what was pasted: a path, or the whole command. */
function pathOf(text) {
  const quoted = /--at\s+(?:'([^']*)'|(\S+))/.exec(text);
  return quoted ? quoted[1] ?? quoted[2] : text.trim();
}

async function begin() {
  const about = await ask("about");
  state.about = about;
  document.title = `${about.design} · drcheck explore`;
  byId("title").textContent = `${about.design}: ${about.title}`;
  byId("parameters").textContent = about.parameters.join(" · ");
  byId("starts").hidden = about.initials < 2;
  byId("start").max = about.initials - 1;
  byId("walk-kind").append(...about.kinds.map((kind) => make("option", { value: kind }, kind)));
  byId("event").append(...about.events.map((each) => make("option", { value: each.name }, `${each.name} (${each.kind})`)));
  byId("goals").append(...about.goals.map((each) => make("option", { value: each.name }, each.text)));
  byId("goal").placeholder = about.goals[0]?.name ?? "a condition";
  byId("property").append(...about.properties.map((each) => make("option", { value: each.name }, `${each.name} (${each.kind})`)));
  if (about.named.length) byId("property").value = about.named[0];
  await go(about.opened);
  if (about.named.length) say(`${about.named[0]}: "Decide it, and walk its trace" takes its counterexample.`);
}

listen();
begin().catch(fail);
