// The page: everything inside <div id="face-editor"> is built here. `import.meta.url` ends with "/face/assets/main.js".
document.documentElement.dataset.faceEditor = "loaded";
