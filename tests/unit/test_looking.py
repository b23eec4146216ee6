import asyncio

from agent.looking import Looking


def test_it_looks_again_when_that_was_asked_for_until_it_is_closed() -> None:
    looks: list[float] = []

    async def watch() -> None:
        enough = asyncio.Event()
        loop = asyncio.get_running_loop()

        def look() -> float:
            looks.append(loop.time())
            if len(looks) == 3:
                enough.set()
            return 0.001

        looking = Looking(look)
        looking.start()
        await enough.wait()
        looking.close()
        timer = loop.create_future()
        loop.call_later(0.01, timer.set_result, None)
        await timer

    asyncio.run(watch())
    assert len(looks) == 3


def test_it_can_be_closed_before_it_has_begun() -> None:
    async def close() -> None:
        Looking(lambda: 1.0).close()

    asyncio.run(close())
