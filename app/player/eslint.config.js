import js from "@eslint/js";
import globals from "globals";
import texts from "./eslint.texts.js";

const common = {
  eqeqeq: ["error", "always", { null: "ignore" }], // == null is null or undefined
  "prefer-const": "error",
  "no-shadow": "error",
  "no-var": "error",
  "no-unused-vars": ["error", { ignoreRestSiblings: true, caughtErrors: "all" }],
  "no-implicit-globals": "error",
  "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
  "no-throw-literal": "error",
  "object-shorthand": "error",
  "prefer-template": "error",
  "no-empty": ["error", { allowEmptyCatch: true }],
  complexity: ["error", 12],
  "max-depth": ["error", 3],
};

export default [
  { ignores: ["node_modules/**"] },
  js.configs.recommended,
  {
    files: ["web/**/*.js"],
    languageOptions: { ecmaVersion: 2025, sourceType: "module", globals: globals.browser },
    plugins: { texts },
    rules: { ...common, "texts/no-texts": "error" },
  },
  { files: ["web/sound/ticker.js"], languageOptions: { globals: globals.worker } },
  { files: ["web/testing/tap.js"], languageOptions: { globals: globals.audioWorklet } },
  { files: ["web/test/**/*.js", "*.js"], languageOptions: { globals: globals.node }, rules: common },
  { files: ["web/test/**/*.js", "web/testing/*.js"], rules: { "texts/no-texts": "off" } },
];
