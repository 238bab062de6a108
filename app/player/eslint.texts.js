// A rule: what the page says stands in app/texts, so no words stand in the code.

const WORDS = /\p{L}{2,}[,.;:!?…]? \p{L}{2,}|^\p{Lu}\p{Ll}+$/u; // two words, or one with a capital
const SHOWN = new Set(["title", "placeholder", "aria-label", "aria-valuetext", "aria-description", "alt"]);
// Names of classes, queries of style sheets and what only a developer reads
const UNSEEN = new Set(["class", "style", "viewBox", "preserveAspectRatio"]);
const CALLS = new Set(["matchMedia", "querySelector", "querySelectorAll", "closest", "matches", "warn"]);
// Keys of the keyboard, names in the page around the player, of Streamlit and of the browser, and voices
const NAMES = new Set([
  ...["Home", "End", "Enter", "Escape", "Delete", "Backspace", "Tab", "Arrow", "Alt", "Control", "Shift"],
  ...["BeatGen", "Dark", "Light", "beatgen theme", "button, button", "put back", "let go"],
  ...["open hat", "hi-hat edge", "open hat edge"],
]);

/** @type {import("eslint").Rule.RuleModule} */
const noTexts = {
  meta: { type: "problem", messages: { text: "Words that are shown stand in app/texts: {{words}}" } },
  create(context) {
    const isUnseen = (node) =>
      (node.type === "Property" && UNSEEN.has(node.key.value ?? node.key.name)) ||
      (node.type === "CallExpression" && CALLS.has(node.callee.property?.name ?? node.callee.name)) ||
      node.type === "ImportDeclaration";
    const isShown = (node) =>
      node.parent.type === "Property" &&
      node.parent.value === node &&
      SHOWN.has(node.parent.key.value ?? node.parent.key.name);
    const isInUnseen = (node) => isUnseen(node) || (node.parent !== null && isInUnseen(node.parent));
    const check = (node, words) => {
      if (typeof words !== "string" || NAMES.has(words.trim())) return;
      if (!WORDS.test(words.trim()) && !(isShown(node) && /\p{L}{2}/u.test(words))) return;
      if (!isInUnseen(node)) context.report({ node, messageId: "text", data: { words } });
    };
    return {
      Literal: (node) => check(node, node.value),
      TemplateElement: (node) => check(node, node.value.cooked),
    };
  },
};

export default { rules: { "no-texts": noTexts } };
