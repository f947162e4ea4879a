/// What pages load, from the daemon itself.
enum PageAssets {
    static let style = """
        :root { color-scheme: light; --back: #fff; --fore: #1c2024; --quiet: #5b6470; --line: #d9dde2; --soft: #f4f6f8;
          --link: #0b5cad; --good: #14692f; --bad: #b3211c; --warn: #8a5300; --live: #0b5cad; }
        [data-theme=dark] { color-scheme: dark; --back: #15181c; --fore: #e6e9ed; --quiet: #a2abb6; --line: #343a42;
          --soft: #1d2127; --link: #7db7f5; --good: #6fcf8c; --bad: #ff8f88; --warn: #f0b866; --live: #7db7f5; }
        @media (prefers-color-scheme: dark) { [data-theme=system] { color-scheme: dark; --back: #15181c; --fore: #e6e9ed;
          --quiet: #a2abb6; --line: #343a42; --soft: #1d2127; --link: #7db7f5; --good: #6fcf8c; --bad: #ff8f88;
          --warn: #f0b866; --live: #7db7f5; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--fore); font: 15px/1.5 system-ui, sans-serif; }
        header { background: var(--soft); border-bottom: 1px solid var(--line); }
        header > div, main { max-width: 80rem; margin: auto; padding: .75rem 1.25rem; }
        header > div { display: flex; flex-wrap: wrap; gap: .25rem 1rem; justify-content: space-between; align-items: center; }
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; }
        .brand { font-weight: 700; font-size: 1.1rem; text-decoration: none; color: var(--fore); }
        a { color: var(--link); } h1 { font-size: 1.5rem; margin: .75rem 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; } h3 { font-size: 1rem; margin: 1rem 0 .25rem; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        .jump { position: absolute; left: -99rem; } .jump:focus { left: 1rem; top: .5rem; background: var(--back); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .5rem 1rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
          overflow-wrap: break-word; } td:first-child { min-width: 7rem; overflow-wrap: anywhere; }
        th { color: var(--quiet); font-weight: 600; white-space: nowrap; } tbody tr:hover { background: var(--soft); }
        code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
        .zone { display: block; color: var(--quiet); font-size: .85rem; }
        .mark { font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
        .live { color: var(--live); } .quiet { color: var(--quiet); }
        .strip { display: inline-flex; gap: 3px; flex-wrap: wrap; }
        .sign { width: 1.35rem; height: 1.35rem; border: 1px solid currentColor; border-radius: .3rem; font-size: .8rem;
          line-height: 1.25rem; text-align: center; text-decoration: none; font-weight: 700; }
        .timeline, .fields { list-style: none; padding: 0; margin: 0; } .timeline { max-height: 26rem; overflow-y: auto; }
        .timeline li { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .3rem 0; border-bottom: 1px solid var(--line); }
        time { color: var(--quiet); font-variant-numeric: tabular-nums; white-space: nowrap; } .name { font-weight: 600; }
        .gauge { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; } meter { width: 16rem; height: 1rem; }
        .bars { list-style: none; padding: 0; } .month { min-width: 9rem; } .amount { font-variant-numeric: tabular-nums; }
        .bars meter { flex: 1 1 12rem; max-width: 30rem; }
        pre { background: var(--soft); border: 1px solid var(--line); border-radius: .3rem; padding: .6rem .8rem;
          max-height: 24rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, monospace; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; } dt { color: var(--quiet); }
        dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
        form { display: inline-flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 .25rem .25rem 0; }
        button, input { font: inherit; color: inherit; background: var(--soft); border: 1px solid var(--quiet);
          border-radius: .3rem; padding: .2rem .7rem; } button { cursor: pointer; white-space: nowrap; }
        @media (max-width: 44rem) {
          thead { position: absolute; left: -99rem; } tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
          td { display: flex; gap: .75rem; border: 0; padding: .1rem 0; } td > * { min-width: 0; }
          td::before { content: attr(data-label); flex: 0 0 6rem; color: var(--quiet); }
          .month { min-width: 7rem; } .bars meter { flex-basis: 8rem; } meter { max-width: 100%; }
        }

        """

    /// Asks for the part that changes; what it puts in was escaped by the daemon. A part in which somebody is at a control
    /// is left alone.
    static let script = """
        const part = document.getElementById("live");
        async function look() {
          try {
            const answer = await fetch(part.dataset.live, { credentials: "same-origin" });
            if (answer.ok && !part.contains(document.activeElement)) {
              const text = await answer.text();
              if (text !== look.last) {
                const before = part.querySelector("pre");
                const follows = !before || before.scrollTop + before.clientHeight >= before.scrollHeight - 8;
                const top = before ? before.scrollTop : 0;
                part.innerHTML = text;
                look.last = text;
                const after = part.querySelector("pre");
                if (after) after.scrollTop = follows ? after.scrollHeight : top;
              }
            }
          } catch {}
          setTimeout(look, document.hidden ? 15000 : 2000);
        }
        if (part && part.dataset.live) setTimeout(look, 1000);

        """
}
