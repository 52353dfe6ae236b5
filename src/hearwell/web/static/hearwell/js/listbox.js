// A field over a list of choices: arrows move, Enter chooses, so does a press.
import { all } from "./page.js";

export class Listbox {
  #chosen = 0;

  constructor(dialog, input, list, choose) {
    Object.assign(this, { dialog, input, list, choose, settled: null });
    dialog.addEventListener("keydown", (event) => this.#key(event));
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
      else this.#take(event.target.closest('[role="option"]'));
    });
  }

  get options() { return all('[role="option"]', this.list).filter((one) => !one.hidden); }

  /** Mark one of the choices; without a number, the one that was marked. */
  select(index = this.#chosen) {
    const options = this.options;
    this.#chosen = Math.max(0, Math.min(options.length - 1, index));
    for (const option of all('[role="option"]', this.list)) option.setAttribute("aria-selected", String(option === options[this.#chosen]));
    const option = options[this.#chosen];
    this.input.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move) { event.preventDefault(); this.select(this.#chosen + move); }
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); this.#enter(); }
  }

  /** Whoever types and presses Enter at once means what fits the words, not what stood there before. */
  async #enter() {
    await this.settled;
    if (this.dialog.open) this.#take(this.options[this.#chosen]);
  }

  #take(option) {
    if (!option) return;
    this.dialog.close();
    this.choose(option);
  }
}
