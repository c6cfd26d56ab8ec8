import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["static/idb/", "static/unfold/", "node_modules/", ".venv/", ".local/"] },
  js.configs.recommended,
  {
    files: ["static/**/*.js"],
    languageOptions: { globals: globals.browser },
  },
  {
    // What django-unfold and Django's admin put on the page before our scripts run.
    files: ["static/heating/kpis.js", "static/heating/unfold-csp.js"],
    languageOptions: {
      globals: Object.fromEntries(
        ["Alpine", "Chart", "django", "theme", "sortRecords", "moveRecords", "getCurrentTab", "searchForm", "searchDropdown", "searchCommand"]
          .map((name) => [name, "readonly"]),
      ),
    },
  },
  {
    files: ["tests/**/*.js"],
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
  },
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-script-url": "error",
      "no-var": "error",
      "no-shadow": "error",
      "prefer-const": "error",
      "no-throw-literal": "error",
    },
  },
];
