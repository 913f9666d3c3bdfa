"""Run one unit: resolve its request, find or make its record, choose, store."""

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from triptych.artifact import plain
from triptych.contracts import (
    About,
    ComposeRequest,
    Finding,
    Judgement,
    JudgeRequest,
    ParallelCompositor,
    Product,
    Usage,
    Watcher,
)
from triptych.engine.budget import Budget
from triptych.engine.calls import Call, Caller
from triptych.engine.checking import check_unit
from triptych.engine.events import (
    CandidateMade,
    Listener,
    PartialPicture,
    PlacementDone,
    RecordKept,
    UnitProgress,
)
from triptych.engine.fallbacks import FAILURES, Failure, all_failed, instead, with_findings
from triptych.engine.products import hydrated, product_of, recipe_of, usage_of
from triptych.engine.rate_limits import account_of
from triptych.engine.selection import Selector
from triptych.errors import (
    ConnectorError,
    Malformed,
    TextOverflow,
)
from triptych.executor import run_blocking
from triptych.store.contract import Artifacts, Candidate, Outcome, Record, Store
from triptych.typography.measure import whole_sentences
from triptych.workflow.keys import inputs_of, key_of, old_key_of, ranks_items, unit_key
from triptych.workflow.plan import Plan
from triptych.workflow.subjects import expressed
from triptych.workflow.units import Unit

AT_ONCE = 4  # placements of one unit that are composed at the same time, on this machine


@dataclass(frozen=True, slots=True)
class Watching:
    """Reports the progress of a connector as events of its unit."""

    unit: str
    tell: Listener
    store: Artifacts

    def progress(self, done: float, note: str = "") -> None:
        self.tell(UnitProgress(self.unit, done, note))

    def partial(self, picture: bytes, media_type: str) -> None:
        """Store an unfinished picture, and report it."""
        artifact = self.store.put(picture, media_type)
        self.tell(PartialPicture(self.unit, media_type, artifact=artifact.digest))


class Engine:
    """Runs units. One engine serves one run; it is used from one event loop."""

    def __init__(
        self,
        plan: Plan,
        connectors: dict[str, Any],
        store: Store,
        ledger: Budget,
        tell: Listener,
    ) -> None:
        self.plan, self.connectors, self.store, self.tell = plan, connectors, store, tell
        self.ledger = ledger
        on_unknown = plan.campaign.workflow.on_unknown
        self.caller = Caller(connectors, ledger, store, on_unknown)
        self._making: dict[str, asyncio.Future[tuple[Record, bool]]] = {}

    def watching(self, unit: Unit) -> Watching:
        """Return the watcher for the connectors of `unit`."""
        return Watching(unit.id, self.tell, self.store)

    async def run_unit(self, unit: Unit, products: Mapping[str, Product]) -> Outcome:
        """Return the unit's outcome: reused from the store, or made now.

        The findings of its `checks:` are added to the outcome, not to the record: a
        record outlives a change of checks.

        Raises:
            TriptychError: the unit failed; finished records are kept.
            ExceptionGroup: some placements failed, each with its own error.
        """
        outcome = await self._outcome(unit, products)
        if not unit.checks or not outcome.product.ran:
            return outcome
        warnings = await check_unit(outcome, self.plan.campaign, self.store, self.tell)
        findings = (*outcome.product.findings, *warnings)
        product = dataclasses.replace(outcome.product, findings=findings)
        return dataclasses.replace(outcome, product=product)

    async def _outcome(self, unit: Unit, products: Mapping[str, Product]) -> Outcome:
        if unit.placements:
            return await self._compose_placements(unit, products)
        request = self.plan.request(unit, products)
        if request is None:
            return Outcome(unit, "skipped", Product(unit.kind, ran=False))
        record, made = await self._record(unit, request)
        return Outcome(unit, "made" if made else "reused", record.product, (record,))

    async def _compose_placements(
        self, unit: Unit, products: Mapping[str, Product]
    ) -> Outcome:
        """Compose every placement by itself, so that each has its own record."""
        connector = self.connectors[unit.uses]
        parallel = isinstance(connector, ParallelCompositor)
        gate = asyncio.Semaphore(connector.at_once if parallel else AT_ONCE)
        done = 0

        async def one(placement: str) -> tuple[Record, bool] | None:
            nonlocal done
            async with gate:
                request = self.plan.request(unit, products, placement=placement)
                made = None if request is None else await self._record(unit, request)
                done += 1
                self.tell(UnitProgress(unit.id, done / len(unit.placements), placement))
                return made

        # all are composed, so that a person sees all texts that do not fit at once
        results = await asyncio.gather(*map(one, unit.placements), return_exceptions=True)
        errors = [entry for entry in results if isinstance(entry, BaseException)]
        if errors:
            raise BaseExceptionGroup(unit.id, errors)
        made = [entry for entry in results if isinstance(entry, tuple)]
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

        Concurrent units with the same key share one call.
        """
        about: About = self.connectors[unit.uses].about
        asked = expressed(request, about)
        key = unit_key(unit, asked, about, self.plan.campaign.harness.judge)
        while (under_way := self._making.get(key)) is not None:
            try:
                record, _ = await asyncio.shield(under_way)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if not under_way.cancelled() or (task is not None and task.cancelling()):
                    raise  # this unit is cancelled, and not only the one it waits for
            else:
                return record, False
        future = asyncio.get_running_loop().create_future()
        self._making[key] = future
        try:
            result = await self._find_or_make(unit, request, key)
        except BaseException as error:
            if isinstance(error, Exception):
                future.set_exception(error)
                future.exception()  # marks it as retrieved, if no other unit waits
            else:
                future.cancel()
            del self._making[key]
            raise
        future.set_result(result)
        return result

    async def _find_or_make(
        self, unit: Unit, request: Any, key: str
    ) -> tuple[Record, bool]:
        record = await run_blocking(self._find, unit, request, key)
        if record is not None:
            self._report_record(unit, record, request, made=False)
            return record, False
        loaded = await run_blocking(hydrated, request, self.store)
        paid = self.caller.paid
        try:
            record = await self._make(unit, loaded, key)
            record = with_findings(record, paid.findings(unit.id))
            await run_blocking(self.store.put_record, record)
        except Exception:
            await paid.forget_failed(unit.id)
            raise
        except BaseException:
            paid.keep_abandoned(unit.id)
            raise
        await paid.forget_recorded(unit.id)
        self._report_record(unit, record, request, made=True)
        return record, True

    def _find(self, unit: Unit, request: Any, key: str) -> Record | None:
        """Return the record of `key`, or the one that 0.1.0 made with the same model."""
        record = self.store.find(key)
        about: About = self.connectors[unit.uses].about
        asked = expressed(request, about)
        chosen = unit.candidates > 1 or ranks_items(unit, asked)
        if record is not None or not about.model or chosen:
            return record
        old = self.store.find(old_key_of(about, asked))
        same = old is not None and all(u.model == about.model for u in old.usage)
        return old if same else None

    def _report_record(
        self, unit: Unit, record: Record, request: Any, *, made: bool
    ) -> None:
        """Report the record of a unit, and the picture of a placement."""
        placement = str(getattr(request, "placement", ""))
        kept = RecordKept(unit.id, reused=not made, record=record.key, placement=placement)
        self.tell(kept)
        pictures = (f for f in record.product.files if f.role == "picture")
        if placement and (picture := next(pictures, None)) is not None:
            done = PlacementDone(unit.id, record=record.key, placement=placement)
            self.tell(dataclasses.replace(done, artifact=picture.artifact.digest))

    async def _make(self, unit: Unit, request: Any, key: str) -> Record:
        """Call the connector, then its fallbacks in order, and store the answer.

        Raises:
            AllFailed: all fallbacks failed, too; the message names them all.
        """
        errors: list[Failure] = []
        for uses in (unit.uses, *unit.fallback):
            try:
                record = await self._make_with(uses, unit, request, key)
            except FAILURES as error:
                errors.append(error)
            else:
                return instead(record, unit.uses, errors) if errors else record
        raise all_failed(errors)

    async def _make_with(self, uses: str, unit: Unit, request: Any, key: str) -> Record:
        asked = expressed(request, self.connectors[uses].about)
        made = await self._make_candidates(uses, unit, asked)
        ranks = ranks_items(unit, asked)
        if unit.candidates == 1 and not ranks:
            return dataclasses.replace(made[0], key=key)

        async def judge(request: JudgeRequest) -> Judgement:
            return await self._judge(unit, request)

        selector = Selector(self.plan.campaign, self.store, judge)
        if ranks:
            return await selector.rank(unit, key, made[0])
        return await selector.choose(unit, key, made)

    async def _judge(self, unit: Unit, request: JudgeRequest) -> Judgement:
        """Call the judge that `pick:` of the unit names.

        Raises:
            ConnectorError: it is not open in this run, or its answer is not a judgement.
        """
        uses = unit.pick.by if unit.pick else ""
        if uses not in self.connectors:
            raise Malformed("is not open in this run", connector=uses)
        loaded = await run_blocking(hydrated, request, self.store)
        key = key_of(self.connectors[uses].about, request)
        answer = await self.caller.call(
            Call("judge", uses, key, unit, loaded), self.watching(unit)
        )
        if not isinstance(answer, Judgement):
            raise Malformed("answered no judgement", connector=uses)
        return answer

    async def _make_candidates(self, uses: str, unit: Unit, request: Any) -> list[Record]:
        """Return one record per candidate. Calls of a provider run concurrently.

        Local connectors run one after the other, because they share the cores. When one
        call fails, the others are awaited and kept, because they are paid for.
        """
        if account_of(self.connectors[uses]) is None:
            return [
                await self._make_candidate(uses, unit, request, i)
                for i in range(unit.candidates)
            ]
        tries = [
            self._make_candidate(uses, unit, request, i) for i in range(unit.candidates)
        ]
        results = await asyncio.gather(*tries, return_exceptions=True)
        for entry in results:
            if isinstance(entry, BaseException):
                raise entry
        return [entry for entry in results if isinstance(entry, Record)]

    async def _make_candidate(
        self, uses: str, unit: Unit, request: Any, index: int
    ) -> Record:
        """Return the record of one answer.

        One of several is stored at once, so that a run that stops between two of them,
        for example at its budget, does not pay for the first again.
        """
        about: About = self.connectors[uses].about
        seeded = "seed" in about.capabilities
        asked = _seeded(request, index) if seeded else request
        key = key_of(about, request)
        if unit.candidates > 1:
            key = key_of(about, ["candidate", index, request])
        own = unit.candidates > 1 or ranks_items(unit, request)
        if own and (kept := await run_blocking(self.store.find, key)) is not None:
            return kept
        call = Call(unit.kind, uses, key, unit, asked)
        answer = await self._call(call, self.watching(unit))
        usage = usage_of(answer)
        try:
            product = await run_blocking(
                product_of, unit.kind, answer, asked, uses, self.store
            )
        except ConnectorError as error:
            error.charged, error.usage = about.is_paid, usage
            self.ledger.waste(usage)
            raise
        record = _record_of(call, about, product, usage, recipe_of(answer))
        if own:
            await run_blocking(self.store.put_record, record)
            await self.caller.paid.forget(unit.id, key)
        if unit.candidates > 1:
            first = product.files[0].artifact.digest if product.files else ""
            seed = record.candidates[0].seed
            candidate = CandidateMade(unit.id, index + 1, unit.candidates, seed)
            self.tell(dataclasses.replace(candidate, record=key, artifact=first))
        return record

    async def _call(self, call: Call, watcher: Watcher) -> Any:
        try:
            return await self.caller.call(call, watcher)
        except TextOverflow as error:
            return await self._call_shortened(call, watcher, error)

    async def _call_shortened(
        self, call: Call, watcher: Watcher, error: TextOverflow
    ) -> Any:
        """Call again with the text cut at the last sentence that fits, if `rewrite` is set.

        Raises:
            TextOverflow: the policy does not allow it, or no sentence fits.
        """
        request = call.request
        if not isinstance(request, ComposeRequest) or "rewrite" not in request.overflow:
            raise error
        long = str(getattr(request, error.field, ""))
        text = whole_sentences(long, error.fits)
        if not text:
            raise error
        change: dict[str, Any] = {error.field: text}
        changed = dataclasses.replace(request, **change)
        answer = await self.caller.call(dataclasses.replace(call, request=changed), watcher)
        note = f"{error.field} was cut to its first {len(text)} of {len(long)} characters"
        finding = Finding("rewrite", "note", note, request.placement, {"was": long})
        return dataclasses.replace(answer, findings=(*answer.findings, finding))


def _record_of(
    call: Call, about: About, product: Product, usage: Usage, recipe: Mapping[str, Any]
) -> Record:
    seed = getattr(call.request, "seed", 0)
    files = tuple(file.artifact for file in product.files)
    return Record(
        key=call.key,
        unit=call.unit.id,
        uses=call.uses,
        version=about.version,
        request=plain(call.request),
        inputs=inputs_of(call.request),
        seed=seed,
        product=product,
        usage=(usage,),
        candidates=(Candidate(seed, files, usage, recipe=recipe),),
    )


def _seeded(request: Any, index: int) -> Any:
    if index == 0 or not hasattr(request, "seed"):
        return request
    return dataclasses.replace(request, seed=request.seed + index)
