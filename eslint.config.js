import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'runs',
      'renderer/dist',
      'electron/dist',
      'core/engine/onnx/kernels/assembly',
      'test/bench/peers/.venv',
    ],
  },
  tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // The graph walks arrays by known index; `!` there states an invariant the type cannot.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  // The hosts are what speaks to a terminal; nothing below them prints.
  { files: ['core/host/**', 'test/bench/**'], rules: { 'no-console': 'off' } },
  { files: ['*.js', '*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
  prettier,
);
