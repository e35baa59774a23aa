"""A Configuration Server Proxy pair: serves a site's applications, and passes their changes to the master."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drcheck import Age, Array, Boolean, Choice, Component, Expression, Integer, any_of, on
from model.configuration_database.components.configuration_changes import ConfigurationChanges
from model.configuration_database.components.name_resolution import ADDRESSES, Names


def served() -> Boolean:
    """Whether proxies serve a change."""
    return Boolean(
        "there",
        doc="The proxies serve this change.",
        told=("{component} serve {of}", "{component} no longer serve {of}"),
    )


@dataclass(frozen=True)
class Memory:
    """What a proxy pair has loaded: `loaded[i]` says whether it serves change i.

    `held[a]`: what the database at address a holds. `reloads`: a proxy that connects after limited mode loads the whole
    configuration anew; if not, it resumes its session: it keeps what it has and is told what it missed.
    """

    loaded: Array
    changes: ConfigurationChanges
    held: Mapping[str, Sequence[Expression]]
    reloads: bool

    def load(self, address: str) -> dict:
        """Updates that load everything from the master at an address."""
        return dict(zip(self.loaded, self.held[address], strict=True))

    def resume(self, address: str) -> dict:
        """Updates that add what the master at an address has and the proxy has not."""
        return {x: x | there for x, there in zip(self.loaded, self.held[address], strict=True)}

    def notified(self) -> dict:
        """Updates for the change that a master is accepting."""
        return {x: x | self.changes.is_next(i) for i, x in enumerate(self.loaded)}

    def emptied(self) -> dict:
        """Updates of a process that starts anew."""
        return dict.fromkeys(self.loaded, False)


def named_client(
    name: str,
    serving: Mapping[str, Expression],
    names: Names,
    keeps_data: bool,
    failures: bool,
    exposed: bool,
    doc: str,
    memory: Memory | None = None,
    ends_with: str = "",
    pair: bool = False,
) -> Component:
    """A client that finds the master by name: connected to one of the two, or disconnected and trying.

    `serving[a]`: there is a master in service at address a, and it can be reached from here. `address` is what the name
    resolved to last. It is looked up only to connect, so a change of the record breaks no connection. While disconnected
    the client resolves the name again once the cached answer has expired (`names`); the switch-over script replaces it
    at once (`push`). Where answers have a time to live, `cached` is the age of this one; the client tries to connect, and
    asks for a new answer, before more time passes. A lost connection is noticed before anything else happens, which hides
    nothing: no change can pass over it, and going on unnoticed is the same as connecting again without resolving.

    With `keeps_data` a client that was connected before goes on with what it has loaded (limited mode), and one that has
    loaded nothing cannot serve. With `failures` the two processes of its pair may fail one after the other; `standing`
    counts them. When both have failed they are started again, and have loaded nothing. `exposed`: it can be lost with its
    site. `memory`: what it has loaded, where that is followed; a master tells every connected client of each change.

    With `ends_with`, a kind of fault, the client may fail for good: one process, or a `pair` of them.
    """
    address = Choice(
        "address",
        ADDRESSES,
        doc="The address to which the name resolved last.",
        told="for {component} the name is that of {value}",
    )
    standing = Integer("standing", 1, 2, start=2, unit="processes", doc="Processes of the pair that have not failed.")
    cached = Age(
        "cached",
        cap=names.ttl,
        start=names.ttl,
        doc="How old the cached answer is; from its time to live on it is not used.",
    )
    lives = names.cache == "ttl"
    resolved: dict = {address: names.answer(address), **({cached: 0} if lives else {})}
    usable = {a: (address == a) & serving[a] & ((cached < names.ttl) if lives else True) for a in ADDRESSES}
    connected = [f"at_{a}" for a in ADDRESSES]
    restarts = exposed or failures
    apart = ["limited", *(["unloaded"] if restarts else [])] if keeps_data else ["disconnected"]
    there = [*connected, *apart]
    stays = ["failed"] if ends_with else []
    transitions = [on("push", there, then=resolved)]
    forgotten = {} if memory is None else memory.emptied()
    for a in ADDRESSES:
        transitions += [
            on(
                f"loses_{a}",
                f"at_{a}",
                apart[0],
                when=~serving[a],
                internal=True,
                priority=1,
                doc=f"the connection to the master at the {a} site is lost",
            ),
        ]
        resumed = apart[:1] if memory is not None and not memory.reloads else []
        for states, loaded in (
            (resumed, {} if memory is None else memory.resume(a)),
            ([s for s in apart if s not in resumed], {} if memory is None else memory.load(a)),
        ):
            if states:
                transitions.append(
                    on(
                        f"connects_to_{a}",
                        states,
                        f"at_{a}",
                        when=usable[a],
                        then=loaded,
                        internal=True,
                        doc=f"connects to the master at the {a} site",
                    )
                )
        told = {} if memory is None else memory.notified()
        if keeps_data:
            transitions.append(on(f"change_at_{a}", f"at_{a}", when=serving[a], then=told))
        if memory is not None:
            transitions.append(on(f"notified_at_{a}", f"at_{a}", when=serving[a], then=told))
    if names.cache != "kept":
        expired = (cached >= names.ttl) & names.answered if lives else names.answer(address) != address
        transitions.append(
            on(
                "resolves",
                apart,
                when=expired,
                then=resolved,
                internal=True,
                doc="the cached address expires and is resolved",
            )
        )
        if lives:
            older = {cached: cached + 1}
            transitions += [
                on("tick", connected, then=older),
                on("tick", apart, when=~expired & ~any_of(list(usable.values())), then=older),
                *(on("tick", state) for state in (*stays, *(["lost"] if exposed else []))),
            ]
    if failures:
        transitions += [
            on(
                "one_fails", there, when=standing == 2, then={standing: 1}, internal=True, kind="environment",
                fault="proxy failure", doc="one process of the proxy pair fails; the other goes on",
            ),
            on(
                "both_failed", [*connected, "limited"], "unloaded", when=standing == 1,
                then={standing: 2, **resolved, **forgotten}, internal=True, kind="environment", fault="proxy failure",
                doc="the other process fails as well; both are started again",
            ),
        ]  # a transition a row  # fmt: skip
    if ends_with:
        fails: dict = {"internal": True, "kind": "environment", "fault": ends_with}
        if pair:
            transitions.append(
                on("one_fails", there, when=standing == 2, then={standing: 1}, doc=f"one of {name} fails", **fails)
            )
        transitions.append(
            on("fails", there, "failed", **({"when": standing == 1} if pair else {}), doc=f"{name} fails", **fails)
        )
    if exposed:
        whole = {standing: 2} if failures or pair else {}
        transitions += [
            on("site_fails", [*there, *stays], "lost", then=forgotten),
            on("site_returns", "lost", apart[-1], then={**resolved, **whole}),
        ]
    return Component(
        name,
        states=[*there, *stays, *(["lost"] if exposed else [])],
        variables=[
            address,
            *([cached] if lives else []),
            *([standing] if failures or pair else []),
            *([] if memory is None else [memory.loaded]),
        ],
        transitions=transitions,
        doc=doc,
    )


def configuration_proxy_pair(
    name: str,
    serving: Mapping[str, Expression],
    names: Names,
    failures: bool,
    exposed: bool,
    memory: Memory | None,
) -> Component:
    """The Configuration Server Proxy pair of a site (Framework guide, Overview).

    Connected to a master it passes changes on; in limited mode it serves the configuration that it has in memory and
    takes no change; unloaded (just started, no master reached yet) it serves nothing.
    """
    doc = "The Configuration Server Proxy pair of a site."
    return named_client(name, serving, names, True, failures, exposed, doc, memory)


def serves(proxy: Component) -> Expression:
    """Whether a proxy pair serves configuration to the applications of its site."""
    return proxy.in_states("at_main", "at_secondary", "limited")
