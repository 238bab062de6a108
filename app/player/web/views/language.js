// The page's language, chosen at its end.

import { choose, language, text } from "../language.js";
import { element } from "./dom.js";

export class LanguageChoice {
  #choice = element("select", { onchange: () => choose(this.#choice.value) });
  // The style sheet makes it visible: nothing is shown before it can be shown rightly.
  root = element(
    "label",
    { class: "player language", style: "visibility: hidden" },
    element("span", {}, text("language.choose")),
    this.#choice,
  );

  /** @param {{ languages: Record<string, string> }} data what each calls itself, by its code */
  receive({ languages }) {
    const options = Object.entries(languages).map(([value, name]) =>
      element("option", { value, lang: value }, name),
    );
    this.#choice.replaceChildren(...options);
    this.#choice.value = language;
  }
}
