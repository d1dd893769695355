// Strict and type-checked, and the directions between the rooms of src/.
import vue from "eslint-plugin-vue"
import { defineConfig, globalIgnores } from "eslint/config"
import ts from "typescript-eslint"
import { rooms } from "./tools/rooms.ts"

const TESTS = ["src/**/*.test.ts", "tests/**/*.ts", "tools/**/*.ts", "*.config.ts"]
const NO_FETCH = { name: "fetch", message: "only sync/transport.ts talks to the server" }
const NO_INDEXED_DB = { name: "indexedDB", message: "only storage/ opens the database" }
const IMPURE = ["window", "document", "navigator", "localStorage", "performance", "setTimeout", "setInterval"]

export default defineConfig(
  globalIgnores(["generated", "node_modules"]),
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  vue.configs["flat/recommended"],
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        extraFileExtensions: [".vue"],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      "@typescript-eslint/non-nullable-type-assertion-style": "off", // it asks for the `!` that strict forbids
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "max-lines": ["error", 300],
      "max-lines-per-function": ["error", 40],
      "max-params": ["error", 5],
      complexity: ["error", 10],
      "no-console": "error",
    },
  },
  { files: ["**/*.vue"], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ["**/*.vue"],
    rules: {
      "max-lines": ["error", { max: 170 }],
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
      "vue/component-api-style": ["error", ["script-setup"]],
      "vue/define-macros-order": "error",
      "vue/html-self-closing": "off",
      "vue/multiline-html-element-content-newline": "off",
      "vue/max-attributes-per-line": "off",
      "vue/singleline-html-element-content-newline": "off",
      "vue/html-indent": "off",
      "vue/html-closing-bracket-newline": "off",
      "vue/no-v-html": "error",
      "vue/multi-word-component-names": "off",
      "vue/require-default-prop": "off",
    },
  },
  {
    files: ["src/**/*.{ts,vue}"],
    ignores: ["src/**/*.test.ts"],
    plugins: { qianshao: { rules: { rooms } } },
    rules: {
      "qianshao/rooms": "error",
      "no-restricted-globals": ["error", NO_FETCH, NO_INDEXED_DB],
    },
  },
  { files: ["src/sync/transport.ts"], rules: { "no-restricted-globals": ["error", NO_INDEXED_DB] } },
  { files: ["src/storage/**/*.ts"], rules: { "no-restricted-globals": ["error", NO_FETCH] } },
  { files: ["src/worker/**/*.ts"], rules: { "no-restricted-globals": "off" } },
  {
    files: ["src/core/**/*.ts"],
    ignores: ["src/**/*.test.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        NO_FETCH,
        NO_INDEXED_DB,
        ...IMPURE.map((name) => ({ name, message: "core decides from its arguments alone" })),
      ],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "core gets the time as an argument" },
        { object: "Math", property: "random", message: "core rolls no dice" },
        { object: "crypto", property: "randomUUID", message: "core gets ids as arguments" },
        { object: "crypto", property: "getRandomValues", message: "core gets ids as arguments" },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "core gets the time as an argument",
        },
      ],
    },
  },
  {
    files: TESTS,
    rules: {
      "max-lines-per-function": "off",
      "@typescript-eslint/explicit-function-return-type": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  { files: ["**/*.js"], extends: [ts.configs.disableTypeChecked] },
)
