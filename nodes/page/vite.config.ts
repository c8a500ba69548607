import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  // The table of close codes stands where the nodes read it, too.
  server: { fs: { allow: ['../..'] } },
  build: {
    target: 'es2022',
    // Everything is a file of its own: the node's Content-Security-Policy allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: true,
    // The town, which clients see, and the inspector, which operators do.
    rollupOptions: { input: ['index.html', 'inspector.html'] },
  },
});
