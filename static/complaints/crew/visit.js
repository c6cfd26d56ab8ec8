// One visit: the next step as a big button, whatever the line does.
import { Measurement } from "./measure.js";
import { drop, newKey, onNews, send, waiting } from "./queue.js";
import { shrink, thumbnail } from "./photos.js";
import { complain } from "./shell.js";
import { Pad, signedPaper } from "./signature.js";
import { drafts } from "./store.js";

const page = document.body.dataset;
const draft = drafts(page.user, page.visit);
const WAY = ["assigned", "accepted", "departed", "arrived", "found", "completed"];
const LEADS_TO = {
  accept_assignment: "accepted",
  depart: "departed",
  arrive: "arrived",
  record_finding: "found",
  complete_visit: "completed",
};
const find = (id) => document.getElementById(id);
const forms = [...document.querySelectorAll("form[data-verb]")];

// A copy of the page may be older than what the office last said.
const further = (a, b) => (WAY.indexOf(b) > WAY.indexOf(a) ? b : a);
let confirmed = page.progress;
const progressBefore = draft.read("progress");
if (progressBefore === "withdrawn" || confirmed === "withdrawn") confirmed = "withdrawn";
else if (progressBefore) confirmed = further(confirmed, progressBefore);

const mine = async () => (await waiting()).filter((step) => step.visit === page.visit);

async function show() {
  const steps = await mine();
  let progress = confirmed;
  for (const step of steps) {
    if (step.returned && step.verb !== "attach_document") break;
    if (LEADS_TO[step.verb] && confirmed !== "withdrawn") progress = further(progress, LEADS_TO[step.verb]);
  }
  for (const part of document.querySelectorAll("[data-when]")) {
    const hidden = !part.dataset.when.split(" ").includes(progress);
    if (part.hidden && !hidden) rest(part);
    part.hidden = hidden;
  }
  const reached = WAY.indexOf(progress);
  for (const mark of find("track").children) {
    const at = WAY.indexOf(mark.dataset.step);
    mark.dataset.state = at <= reached ? "done" : at === reached + 1 ? "next" : "";
  }
  showReturned(steps.filter((step) => step.returned));
  if (!find("finding").textContent) find("finding").textContent = draft.read("finding") || "";
  showItems();
  showConfirmation();
  measurement.settle(steps);
}

// The second tap of a double tap must not fall on the step that has just come into its place.
function rest(part) {
  const buttons = [...part.querySelectorAll("button[type=submit]:enabled")];
  for (const button of buttons) button.disabled = true;
  setTimeout(() => buttons.forEach((button) => { button.disabled = false; }), 700);
}

function showReturned(steps) {
  const box = find("returned");
  box.hidden = !steps.length;
  box.replaceChildren(...steps.map((step) => {
    const [node, part] = copyOf("returned-item");
    part("label").textContent = step.label;
    part("sentence").textContent = step.returned;
    part("drop").textContent = page.drop;
    part("drop").addEventListener("click", () => {
      measurement.dropped(step);
      drop(step.id);
    });
    return node;
  }));
}

function copyOf(id) {
  const node = find(id).content.firstElementChild.cloneNode(true);
  return [node, (name) => node.querySelector(`[data-field="${name}"]`)];
}

// Photos are kept and sent by themselves, as soon as they are taken.
async function sendPhoto(blob, fileName, title) {
  const fields = { title: title.slice(0, 120) };
  return send({ visit: page.visit, url: page.steps, verb: "attach_document", label: title, fields, file: blob, fileName });
}

async function takePhotos(input, box, title) {
  const keys = [];
  for (const file of input.files) {
    try {
      const photo = await shrink(file);
      box.append(await thumbnail(photo.blob));
      keys.push(await sendPhoto(photo.blob, photo.name, title));
    } catch (problem) {
      complain(problem.name === "QuotaExceededError" ? page.full : `${file.name}：${problem.message}`);
    }
  }
  input.value = "";
  return keys;
}

find("take-photo").addEventListener("change", (event) => {
  complain("");
  takePhotos(event.target, find("photos"), event.target.dataset.title);
});
find("pause-photo")?.addEventListener("change", async (event) => {
  complain("");
  const [key] = await takePhotos(event.target, find("pause-evidence"), find("pause").dataset.title);
  if (key) draft.write("evidence", key);
  find("pause-missing").hidden = true;
});

// Words as they are typed.
for (const form of [...forms, find("consent")]) {
  const before = draft.read(form.id) || {};
  for (const [name, value] of Object.entries(before)) {
    const field = form.elements[name];
    if (field) field.value = value;
  }
  form.addEventListener("input", () => keepWords(form));
}

function keepWords(form) {
  draft.write(form.id, words(form));
}

function words(form) {
  return Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string"));
}

// Fittings, parts and services: consent comes before the work.
const consentPad = new Pad(find("consent-pad"), draft, () => { find("consent-missing").hidden = true; });
const completePad = new Pad(find("complete-pad"), draft, () => { find("complete-missing").hidden = true; });
const measurement = new Measurement(draft, page.number);
const pads = [consentPad, completePad, ...(measurement.pads || [])];
for (const button of document.querySelectorAll("[data-clear]")) {
  button.addEventListener("click", () => pads.find((pad) => pad.canvas.id === button.dataset.clear).clear());
}

find("consent").addEventListener("submit", (event) => {
  event.preventDefault();
  onceAtATime(event.target, async (form) => {
    const item = words(form);
    if (Number(item.yuan) > 0 && consentPad.empty) {
      find("consent-missing").hidden = false;
      return;
    }
    item.consented_at = new Date().toISOString();
    if (!consentPad.empty) {
      const title = `${form.dataset.title}：${item.description} ×${item.quantity} ¥${item.yuan}`;
      const lines = [page.number, title, item.consented_by, new Date().toLocaleString()];
      item.consent = await sendPhoto(await signedPaper(lines, consentPad), "consent.png", title);
    }
    draft.write("items", [...(draft.read("items") || []), item]);
    draft.forget(form.id);
    form.reset();
    consentPad.clear();
    find("add-item").open = false;
    await show();
  });
});

function showItems() {
  const items = draft.read("items") || [];
  find("items").replaceChildren(...items.map((item, at) => {
    const [node, part] = copyOf("item");
    part("description").textContent = item.description;
    part("detail").textContent = `×${item.quantity} ¥${item.yuan} · ${item.consented_by}`;
    part("drop").addEventListener("click", () => {
      draft.write("items", items.filter((_, other) => other !== at));
      showItems();
    });
    return node;
  }));
}

function showConfirmation() {
  find("confirmation").hidden = find("complete").elements.outcome.value !== "fixed";
}
find("complete").addEventListener("change", showConfirmation);

// Each form becomes one step; a second tap finds the first still at work.
async function onceAtATime(form, work) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const buttons = form.querySelectorAll("button[type=submit]");
  for (const button of buttons) button.disabled = true;
  complain("");
  try {
    await work(form);
  } catch (problem) {
    complain(problem.name === "QuotaExceededError" ? page.full : problem.message);
  } finally {
    delete form.dataset.busy;
    for (const button of buttons) button.disabled = false;
  }
}

async function fieldsOf(form) {
  const fields = words(form);
  if (form.id === "find") draft.write("finding", fields.finding);
  if (form.id === "pause") {
    fields.evidence = draft.read("evidence") || "";
    find("pause-missing").hidden = Boolean(fields.evidence);
    return fields.evidence ? fields : null;
  }
  if (form.id === "measure") {
    const queued = (await mine()).some((step) => step.form === form.id && !step.returned);
    return queued ? null : measurement.fields(fields, sendPhoto);
  }
  if (form.id !== "complete") return fields;
  fields.items = JSON.stringify(draft.read("items") || []);
  if (fields.outcome !== "fixed") return { ...fields, confirmed_by: "" };
  const missing = completePad.empty || !fields.confirmed_by.trim();
  find("complete-missing").hidden = !missing;
  if (missing) return null;
  const title = `${form.dataset.title}：${fields.confirmed_by}`;
  const lines = [page.number, title, fields.work_done, new Date().toLocaleString()];
  fields.signature = await sendPhoto(await signedPaper(lines, completePad), "signature.png", title);
  return fields;
}

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onceAtATime(form, async () => {
      const fields = await fieldsOf(form);
      if (!fields) return;
      const label = form.querySelector("button[type=submit]").textContent;
      const step = { visit: page.visit, url: page.steps, verb: form.dataset.verb, form: form.id, label, fields };
      if (form.id !== "measure") return send(step);
      await measurement.send(newKey(), (key) => send({ ...step, key }));
      return show();
    });
  });
}

onNews(async ({ done, words: answer }) => {
  if (done?.visit === page.visit) {
    confirmed = answer.progress === "withdrawn" ? "withdrawn" : further(confirmed, answer.progress);
    draft.write("progress", confirmed);
    if (answer.sentence) complain(answer.sentence);
    if (done.form) draft.forget(done.form);
    if (done.verb === "pause_ticket" || done.verb === "resume_ticket") {
      draft.forget("evidence");
      location.reload();
    }
    if (done.verb === "complete_visit" && answer.answer === "done") {
      draft.forgetAll();
      draft.write("progress", confirmed);
    }
  }
  await show();
});
show();
