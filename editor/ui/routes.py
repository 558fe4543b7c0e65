"""The page's own routes, under `face/`: JSON in; JSON, or JSON and pictures, out.

    POST face/arrive      {} -> {key}; the key names the visitor in every other request
    POST face/alive       {key} -> {}
    POST face/leave       the key as plain text, as a browser sends it when a page is closed
    POST face/<verb>      {key, ...} -> what `editor.ui.studio` gives
    GET  face/setup       what the page is told when it opens
    GET  face/examples/…  small pictures of the examples
    GET  face/assets/…    the page's scripts and styles

An answer with pictures is framed (`editor.ui.frames`). An error is {"error": a sentence for the person, "kind": what the page
is to do}. Work runs in threads, never in the event loop, and a visitor's requests take turns there.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, nullcontext, suppress
from functools import partial
from typing import Any

import anyio
from gradio import Blocks
from gradio.routes import App
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from editor.devices.priority import stand_back
from editor.errors import EditorError, FaceError, PhotoError, PointsError, SettingError, is_out_of_memory
from editor.ui import text
from editor.ui.admission import PLAIN, RefusedError, body_of, object_of, user_of
from editor.ui.asking import Fields
from editor.ui.exploring import Explorer
from editor.ui.frames import JPEG, MEDIA_TYPE, framed
from editor.ui.learning import Learner
from editor.ui.saver import Saver
from editor.ui.setup import Setup
from editor.ui.studio import Answer, NoFaceError, Studio
from editor.ui.turns import TooManyWaitError, Turns
from editor.ui.uploads import client_of
from editor.ui.visitor import Visitor, VisitorLeftError
from editor.ui.visitors import Visitors

LOGGER = logging.getLogger(__name__)
NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
AT_ONCE_OF = {"open": 2, "draw": 40, "aside": 4}
"""Threads for photos that are opened, which take most memory; for pictures, which wait for their turn there; for the rest."""
LOOK_SECONDS = 0.25
"""Time from one look at whether somebody waits to the next."""
DRAWING = ("open", "draw")
"""Verbs that take their turn in a visitor's drawing."""
JUDGING = ("changes",)
"""Verbs that look at what was drawn. They take turns of their own: a slider that moves again does not wait for them."""
ASIDE = ("range", "strip", "codes", "preserve", "files", "photo", "recipe", "save")
"""Verbs that the page waits for least; they take turns of their own, and do not hold up a slider."""
AT_ONCE = ("improve", "progress", "stop", "learn", "learning", "learned", "unlearn")
"""Verbs that draw nothing."""

Handler = Callable[[Request], Awaitable[Response]]


class Routes:
    """The routes of one page."""

    def __init__(self, blocks: Blocks, visitors: Visitors, studio: Studio, setup: Setup):
        self._blocks = blocks
        self._visitors, self._studio, self._setup = visitors, studio, setup
        explorer = Explorer(studio)
        self._rooms = (studio, explorer, Saver(studio, explorer), Learner(studio))
        self._threads: dict[str, anyio.CapacityLimiter] = {}
        self._judging = ThreadPoolExecutor(1, "judging", stand_back)

    def mounted(self) -> list[BaseRoute]:
        """Everything under `face/`, to be served before Gradio's own."""
        verbs = [self._post(name, self._verb(name)) for name in (*DRAWING, *JUDGING, *ASIDE, *AT_ONCE)]
        doors = {"arrive": self._arrive, "alive": self._alive, "leave": self._leave}
        others = [
            Route("/setup", _told(self._tell_setup)),
            Route("/examples/{name}", _told(self._show_example)),
            Mount("/assets", Assets(directory=self._setup.assets)),
        ]
        return [Mount("/face", routes=[*verbs, *(self._post(name, door) for name, door in doors.items()), *others])]

    def _post(self, name: str, handler: Handler) -> Route:
        return Route(f"/{name}", _told(handler), methods=["POST"])

    # Doors

    async def _arrive(self, request: Request) -> Response:
        user = await self._user(request)
        await object_of(request)
        return _json({"key": self._visitors.arrive(user, client_of(request))})

    async def _alive(self, request: Request) -> Response:
        visitor, _ = await self._admitted(request)
        visitor.hear()
        return _json({})

    async def _leave(self, request: Request) -> Response:
        user = await self._user(request)
        key = (await body_of(request, PLAIN)).decode("ascii", "replace").strip()
        await run_in_threadpool(self._visitors.leave, key, user)
        return _json({})

    async def _tell_setup(self, request: Request) -> Response:
        await self._user(request)
        return _json(await run_in_threadpool(self._setup.told))

    async def _show_example(self, request: Request) -> Response:
        await self._user(request)
        picture = await run_in_threadpool(self._setup.thumbnail, request.path_params["name"])
        if picture is None:
            raise RefusedError(404, "photo", text.NO_EXAMPLE)
        return Response(picture, media_type=JPEG, headers=NO_STORE)

    # Verbs

    def _verb(self, name: str) -> Handler:
        """What answers requests for one verb of the studio."""
        run = next(getattr(room, name) for room in self._rooms if hasattr(room, name))

        async def answer(request: Request) -> Response:
            visitor, fields = await self._admitted(request)
            with visitor:
                if name in AT_ONCE:
                    turn: Any = nullcontext()
                    found = await run_in_threadpool(run, visitor, fields)
                else:
                    first = name == "draw" and not fields.switch("full", False)
                    turn = _turns(name, visitor).turn(first)
                    async with turn:
                        if await request.is_disconnected():
                            return Response(status_code=499)  # nobody reads it: the sliders have moved on
                        async with _watched(request, fields) if name in ASIDE else nullcontext():
                            found = await self._in_thread(name, run, visitor, fields)
            return self._answered(visitor, found)

        return answer

    def _answered(self, visitor: Visitor, answer: Answer) -> Response:
        later = BackgroundTask(self._afterwards, visitor, answer.afterwards) if answer.afterwards else None
        if answer.file:
            named = {"Content-Disposition": answer.file.disposition}
            return Response(answer.file.content, media_type=answer.file.media_type, headers=NO_STORE | named)
        if not answer.pictures:
            return _json(answer.data, background=later)
        body = framed(answer.data, answer.pictures)
        return Response(body, media_type=MEDIA_TYPE, headers=NO_STORE, background=later)

    async def _afterwards(self, visitor: Visitor, work: Callable[[], None]) -> None:
        """Do what an answer left for later, when nothing of the visitor's is being drawn."""
        try:
            with visitor, suppress(VisitorLeftError, TooManyWaitError):
                async with visitor.drawing.turn():
                    await self._in_thread("draw", work)
        except Exception:
            LOGGER.exception("What follows an answer failed")

    async def _in_thread(self, verb: str, work: Callable[..., Any], *given: Any) -> Any:
        """Run the work of a verb in one of the threads for its kind; what judges stands back behind what draws."""
        if verb in JUDGING:
            return await asyncio.get_running_loop().run_in_executor(self._judging, partial(work, *given))
        kind = "aside" if verb in ASIDE else "open" if verb == "open" else "draw"
        limiter = self._threads.setdefault(kind, anyio.CapacityLimiter(AT_ONCE_OF[kind]))
        return await anyio.to_thread.run_sync(work, *given, limiter=limiter)

    # Who asks

    async def _user(self, request: Request) -> str | None:
        app = self._blocks.app
        assert isinstance(app, App)
        return await user_of(app, request)

    async def _admitted(self, request: Request) -> tuple[Visitor, Fields]:
        """Who asks, and what for."""
        user = await self._user(request)
        fields = Fields(await object_of(request))
        visitor = self._visitors.of(fields.word("key"), user)
        visitor.bucket.take()
        return visitor, fields


class Assets(StaticFiles):
    """The page's scripts and styles; a browser asks each time whether its copy is still the newest."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As Starlette's."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


@asynccontextmanager
async def _watched(request: Request, fields: Fields) -> AsyncIterator[None]:
    """Abandon a request once nobody waits for its answer, as where a dialog was closed meanwhile."""

    async def watch() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(LOOK_SECONDS)
        fields.abandon()

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()


def _turns(name: str, visitor: Visitor) -> Turns:
    if name in JUDGING:
        return visitor.judging
    return visitor.drawing if name in DRAWING else visitor.aside


def _told(handler: Handler) -> Handler:
    """A handler whose errors are answered in words. A bug is in the log, and the sentence says no more than that."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except NoFaceError as error:
            told = {"error": str(error), "kind": "no_face"} | dict(error.answer.data)
            return Response(framed(told, error.answer.pictures), 422, NO_STORE, MEDIA_TYPE)
        except Exception as error:
            status, kind, sentence = refusal_of(error)
            return _json({"error": sentence, "kind": kind}, status)

    return answer


def refusal_of(error: Exception) -> tuple[int, str, str]:
    """The status, the kind and the sentence that an error is answered with."""
    match error:
        case RefusedError():
            return error.status, error.kind, str(error)
        case VisitorLeftError():
            return 410, "gone", text.GONE
        case TooManyWaitError():
            return 429, "too_fast", text.TOO_FAST
        case PointsError():
            return 422, "points", str(error)
        case PhotoError() | FaceError():
            return 422, "photo", str(error)
        case SettingError():
            return 400, "setting", str(error)
        case EditorError():
            return 500, "failed", str(error)
    if is_out_of_memory(error):
        return 507, "failed", text.NO_MEMORY  # not 503, by which a proxy says that nobody answers
    LOGGER.error("A request of the page failed", exc_info=error)
    return 500, "failed", text.UNEXPECTED


def _json(data: Any, status: int = 200, background: BackgroundTask | None = None) -> Response:
    return JSONResponse(data, status, NO_STORE, background=background)
