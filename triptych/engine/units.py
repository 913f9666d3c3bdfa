"""One unit: resolve, find or make, pick, record."""

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triptych.artifact import plain
from triptych.contracts import About, ComposeRequest, Finding, Product, Watcher
from triptych.engine.budget import Ledger
from triptych.engine.calls import Call, Caller
from triptych.engine.events import Listener, UnitProgress
from triptych.engine.picking import choose
from triptych.engine.products import hydrated, product_of, usage_of
from triptych.errors import ConnectorError, Rejected, TextOverflow, Unavailable
from triptych.store.contract import Candidate, Outcome, Record, Store
from triptych.workers import in_worker
from triptych.workflow.keys import inputs_of, key_of
from triptych.workflow.plan import Plan
from triptych.workflow.units import Unit

AT_ONCE = 4  # placements of one unit that are composed at the same time


@dataclass(frozen=True, slots=True)
class Watching:
    """Passes a connector's progress on as events of its unit."""

    unit: str
    tell: Listener

    def progress(self, done: float, note: str = "") -> None:
        self.tell(UnitProgress(self.unit, done, note))

    def partial(self, picture: bytes, media_type: str) -> None:
        """Partial pictures are for review pages; a terminal has no room for them."""


class Engine:
    """Makes units. One engine serves one run; it is used from one event loop."""

    def __init__(
        self,
        plan: Plan,
        connectors: dict[str, Any],
        store: Store,
        ledger: Ledger,
        tell: Listener,
    ) -> None:
        self.plan, self.connectors, self.store, self.tell = plan, connectors, store, tell
        self.ledger = ledger
        self.caller = Caller(connectors, ledger, store)
        self._making: dict[str, asyncio.Future[tuple[Record, bool]]] = {}

    async def run_unit(self, unit: Unit, products: Mapping[str, Product]) -> Outcome:
        """Return the unit's outcome: reused from the store, or made now.

        Raises:
            TriptychError: it could not be made; what was made so far is kept.
        """
        if unit.placements:
            return await self._placed(unit, products)
        request = self.plan.request(unit, products)
        if request is None:
            return Outcome(unit, "skipped", Product(unit.kind, ran=False))
        record, made = await self._record(unit, request)
        return Outcome(unit, "made" if made else "reused", record.product, (record,))

    async def _placed(self, unit: Unit, products: Mapping[str, Product]) -> Outcome:
        """Compose every placement on its own, so that one never touches the others."""
        gate = asyncio.Semaphore(AT_ONCE)
        done = 0

        async def one(placement: str) -> tuple[Record, bool] | None:
            nonlocal done
            async with gate:
                request = self.plan.request(unit, products, placement=placement)
                made = None if request is None else await self._record(unit, request)
                done += 1
                self.tell(UnitProgress(unit.id, done / len(unit.placements), placement))
                return made

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(placement)) for placement in unit.placements]
        found = [task.result() for task in tasks]
        made = [entry for entry in found if entry is not None]
        if not made:
            return Outcome(unit, "skipped", Product(unit.kind, ran=False))
        records = tuple(record for record, _ in made)
        product = Product(
            unit.kind,
            ({},),
            files=tuple(file for record in records for file in record.product.files),
            findings=tuple(f for record in records for f in record.product.findings),
        )
        state = "made" if any(new for _, new in made) else "reused"
        return Outcome(unit, "made" if state == "made" else "reused", product, records)

    async def _record(self, unit: Unit, request: Any) -> tuple[Record, bool]:
        """Return the record of `request` and whether it was made now.

        Two units with the same key share one making, also when they run at once.
        """
        about: About = self.connectors[unit.uses].about
        key = key_of(about, request)
        if unit.candidates > 1:
            picked = unit.pick.by if unit.pick else ""
            key = key_of(about, [request, unit.candidates, picked])
        under_way = self._making.get(key)
        if under_way is not None:
            record, _ = await asyncio.shield(under_way)
            return record, False
        future = asyncio.get_running_loop().create_future()
        self._making[key] = future
        try:
            result = await self._find_or_make(unit, request, key)
        except BaseException as error:
            if isinstance(error, Exception):
                future.set_exception(error)
                future.exception()  # seen, even when nobody else waits
            else:
                future.cancel()
            del self._making[key]
            raise
        future.set_result(result)
        return result

    async def _find_or_make(
        self, unit: Unit, request: Any, key: str
    ) -> tuple[Record, bool]:
        record = await in_worker(self.store.find, key)
        if record is not None:
            return record, False
        loaded = await in_worker(hydrated, request, self.store)
        record = await self._make(unit, loaded, key)
        await in_worker(self.store.keep, record)
        return record, True

    async def _make(self, unit: Unit, request: Any, key: str) -> Record:
        """Ask the connector, then its fallbacks in order, and keep what they answer."""
        first_error: ConnectorError | None = None
        for uses in (unit.uses, *unit.fallback):
            try:
                return await self._made_by(uses, unit, request, key, first_error)
            except (Unavailable, Rejected) as error:
                if first_error is None:
                    first_error = error
                if uses == (unit.uses, *unit.fallback)[-1]:
                    raise
        raise AssertionError("the last connector returns or raises")

    async def _made_by(
        self, uses: str, unit: Unit, request: Any, key: str, first: ConnectorError | None
    ) -> Record:
        about: About = self.connectors[uses].about
        watcher = Watching(unit.id, self.tell)
        products: list[Product] = []
        candidates: list[Candidate] = []
        usages = []
        for index in range(unit.candidates):
            asked = _seeded(request, index)
            answer = await self._asked(
                Call(unit.kind, uses, f"{key}-{index}", unit, asked), watcher
            )
            product = await in_worker(
                product_of, unit.kind, answer, asked, uses, self.store
            )
            files = tuple(file.artifact for file in product.files)
            usages.append(usage_of(answer))
            candidates.append(Candidate(getattr(asked, "seed", 0), files, usages[-1]))
            products.append(product)
        product, candidates = await choose(unit, products, candidates, self)
        if first is not None:
            note = f"{unit.uses} could not ({first}); {uses} answered instead"
            finding = Finding("fallback", "note", note, where=unit.id)
            product = dataclasses.replace(product, findings=(*product.findings, finding))
        return Record(
            key=key,
            unit=unit.id,
            uses=uses,
            version=about.version,
            request=plain(request),
            inputs=inputs_of(request),
            seed=candidates[product.best if unit.candidates > 1 else 0].seed,
            product=product,
            usage=tuple(usages),
            candidates=tuple(candidates),
            instead_of=unit.uses if uses != unit.uses else "",
            why=str(first) if first is not None else "",
        )

    async def _asked(self, call: Call, watcher: Watcher) -> Any:
        try:
            return await self.caller.call(call, watcher)
        except TextOverflow as error:
            return await self._shorter(call, watcher, error)

    async def _shorter(self, call: Call, watcher: Watcher, error: TextOverflow) -> Any:
        """Set the text again, cut to what fits at a sentence, where `rewrite` is allowed.

        Raises:
            TextOverflow: the policy does not allow it, or there is no such sentence.
        """
        request = call.request
        if not isinstance(request, ComposeRequest) or "rewrite" not in request.overflow:
            raise error
        text = shortened(str(getattr(request, error.field)), error.fits)
        if not text:
            raise error
        changed: Any = dataclasses.replace(request, **{error.field: text})
        return await self.caller.call(dataclasses.replace(call, request=changed), watcher)


def shortened(text: str, longest: int) -> str:
    """Return the whole sentences of `text` that fit into `longest` characters."""
    kept = ""
    for part in text.replace("! ", "!|").replace("? ", "?|").replace(". ", ".|").split("|"):
        grown = f"{kept} {part}".strip()
        if len(grown) > longest:
            break
        kept = grown
    return kept


def _seeded(request: Any, index: int) -> Any:
    if index == 0 or not hasattr(request, "seed"):
        return request
    return dataclasses.replace(request, seed=request.seed + index)
