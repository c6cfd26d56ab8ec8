// A temperature test at the door: rooms, instrument, and both signatures.
import { signedPaper, Pad } from "./signature.js";

const find = (id) => document.getElementById(id);

export class Measurement {
  constructor(draft, number) {
    this.form = find("measure");
    this.draft = draft;
    this.number = number;
    this.sending = false;
    if (!this.form) return;
    const signed = () => { find("measure-missing").hidden = true; };
    this.pads = ["tester", "customer"].map((who) => new Pad(find(`${who}-pad`), draft, signed));
    this.form.addEventListener("input", () => { find("measure-done").hidden = true; });
  }

  // What is to be sent, or null while something is missing; signatures go ahead as photos.
  async fields(answers, sendPhoto) {
    const pairs = [1, 2, 3, 4, 5, 6].map((n) => ({ room: answers[`room${n}`].trim(), celsius: answers[`celsius${n}`].trim() }));
    const rooms = pairs.filter((pair) => pair.room && pair.celsius);
    const half = pairs.some((pair) => Boolean(pair.room) !== Boolean(pair.celsius));
    const unsigned = this.pads.some((pad) => pad.empty);
    find("measure-half").hidden = !half;
    find("measure-missing").hidden = !unsigned;
    if (half || unsigned) return null;
    const { instrument, calibrated_until, outside, required, customer_name } = answers;
    const keys = [];
    for (const [at, who] of ["tester", "customer"].entries()) {
      const title = `${this.form.dataset.title}：${this.form.dataset[who]}`;
      const lines = [
        this.number,
        title,
        `${instrument} · ${calibrated_until}`,
        ...rooms.map((pair) => `${pair.room} ${pair.celsius} °C`),
        `${this.form.dataset.outside} ${outside} °C`,
        customer_name,
        new Date().toLocaleString(),
      ];
      keys.push(await sendPhoto(await signedPaper(lines, this.pads[at]), `${who}.png`, title));
    }
    return { instrument, calibrated_until, outside, required, customer_name, rooms: JSON.stringify(rooms), tester: keys[0], customer: keys[1] };
  }

  // A test already on its way is not sent a second time: its key is remembered until it is gone.
  async send(key, deliver) {
    this.sending = true;
    this.draft.write("measured", key);
    try {
      await deliver(key);
    } finally {
      this.sending = false;
    }
  }

  // Who gives up what was refused keeps the words.
  dropped(step) {
    if (step.key === this.draft.read("measured")) this.draft.forget("measured");
  }

  // Once the office has it, the form is empty again, whatever page was open meanwhile.
  settle(steps) {
    const key = this.draft.read("measured");
    if (!this.form || this.sending || !key || steps.some((step) => step.key === key)) return;
    this.draft.forget("measured");
    this.draft.forget(this.form.id);
    this.form.reset();
    for (const pad of this.pads) pad.clear();
    find("measure-missing").hidden = true;
    find("measure-done").hidden = false;
  }
}
