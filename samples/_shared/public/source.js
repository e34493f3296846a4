/** Shows the sample's controllers below the demo. */
const response = await fetch('/source');
const files = await response.json();
const section = document.createElement('section');
section.className = 'card source';
section.setAttribute('aria-label', 'The controllers of this page');
for (const { name, text } of files) {
  const details = document.createElement('details');
  const summary = Object.assign(document.createElement('summary'), { textContent: `The controller: ${name}` });
  const code = Object.assign(document.createElement('code'), { textContent: text });
  const block = document.createElement('pre');
  block.tabIndex = 0;
  block.append(code);
  details.append(summary, block);
  section.append(details);
}
if (files.length > 0) document.body.append(section);
