export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: light-dark(#0a58ca, #6ea8fe); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; display: grid; grid-template-columns: 17rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); font-size: .85rem; }
nav b { display: block; margin: .75rem 0 .1rem; } nav a { display: block; color: inherit; text-decoration: none; padding: .05rem 0; overflow-wrap: anywhere; }
nav a:hover, nav a:focus { color: var(--link); text-decoration: underline; }
main { max-width: 62rem; padding: 1rem 2rem 6rem; }
a { color: var(--link); }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; margin: .25rem 0; padding: .6rem .75rem; border: 1px solid var(--line); border-radius: .4rem; background: var(--soft); }
section { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
section:target { outline: 2px solid var(--link); }
h2 { margin: 2.5rem 0 .25rem; } h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; } h4 { margin: .9rem 0 .2rem; font-size: .85rem; }
p { margin: .25rem 0; } .soft { opacity: .75; font-size: .9rem; }
.method { display: inline-block; min-width: 4.2rem; text-align: center; border-radius: .3rem; padding: 0 .4rem; margin-right: .5rem; font: bold 12px/1.7 ui-monospace, monospace; color: #fff; background: #555; }
.get { background: #0b6e4f; } .post { background: #0a58ca; } .put { background: #8a5a00; } .patch { background: #6f42c1; } .delete { background: #b02a37; }
.role { float: right; font-size: .8rem; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } td { border-top: 1px solid var(--line); padding: .2rem .75rem .2rem 0; vertical-align: top; }
td:not(:last-child) { white-space: nowrap; width: 1%; } summary { cursor: pointer; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; max-height: 40vh; border-right: 0; } main { padding: 1rem; } .role { float: none; } }
`;
