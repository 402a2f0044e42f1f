"""The embedded cluster is there whenever it is asked for, whatever happened before."""

from __future__ import annotations

import os
import signal
import stat
import threading
from pathlib import Path

import psycopg
import pytest

from packhorse.server.account import ClusterFailed
from packhorse.server.cluster import DATABASE, ROLE, Cluster
from packhorse.server.place import PORT, noted
from tests.server.installations import Install, Open


def ask(cluster: Cluster, question: str) -> object:
    at = cluster.place
    with psycopg.connect(host=str(at.sockets), port=PORT, user=ROLE, dbname=DATABASE) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row and row[0]


def postmaster(cluster: Cluster) -> int:
    return int((cluster.place.data / "postmaster.pid").read_text().split("\n")[0])


def test_it_lives_in_a_folder_with_a_space_behind_a_door_for_its_owner_alone(install: Install, open_cluster: Open) -> None:
    cluster = open_cluster(install("with space").home)
    cluster.ensure()
    assert ask(cluster, "SELECT current_setting('data_checksums')") == "on"
    assert ask(cluster, "SELECT current_setting('listen_addresses')") == ""
    assert stat.S_IMODE(cluster.place.sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.place.data.stat().st_mode) == 0o700
    cluster.release()
    assert not cluster.alive()


def test_asked_twice_it_stays_as_it_is(install: Install, open_cluster: Open) -> None:
    cluster = open_cluster(install("home").home)
    cluster.ensure()
    pid = postmaster(cluster)
    cluster.ensure()
    assert postmaster(cluster) == pid


def test_it_comes_back_with_its_data_after_a_kill(install: Install, open_cluster: Open) -> None:
    cluster = open_cluster(install("home").home)
    cluster.durable = True
    cluster.ensure()
    with psycopg.connect(host=str(cluster.place.sockets), port=PORT, user=ROLE, dbname=DATABASE, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = postmaster(cluster)
    os.kill(pid, signal.SIGKILL)
    cluster.ensure()
    assert postmaster(cluster) != pid
    assert ask(cluster, "SELECT sum(n) FROM kept") == 500_500


def test_a_recycled_pid_is_not_taken_for_the_server(install: Install, open_cluster: Open) -> None:
    cluster = open_cluster(install("home").home)
    cluster.ensure()
    cluster.release()
    note = cluster.place.data / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{cluster.place.data}\n0\n{PORT}\n\n\n\nready   \n")
    cluster.ensure()
    assert postmaster(cluster) != os.getpid()
    assert ask(cluster, "SELECT 1") == 1


def test_a_swept_away_socket_is_made_again(install: Install, open_cluster: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = open_cluster(install("home").home)
    cluster.ensure()
    for left in cluster.place.sockets.iterdir():
        left.unlink()
    cluster.place.sockets.rmdir()
    monkeypatch.setattr("packhorse.server.cluster.ANSWER_S", 0.1)
    cluster.ensure()
    assert ask(cluster, "SELECT 1") == 1


def test_a_long_path_gets_a_short_socket(install: Install, open_cluster: Open) -> None:
    cluster = open_cluster(install("long" * 40).home)
    cluster.ensure()
    assert not cluster.place.sockets.is_relative_to(cluster.home)
    assert cluster.place.data.is_relative_to(cluster.home)
    assert ask(cluster, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has data folders that the server's account cannot enter")
def test_a_folder_that_is_roots_alone_keeps_its_data_elsewhere(install: Install, open_cluster: Open, folder: Path) -> None:
    (folder / "private").mkdir(mode=0o700)
    cluster = open_cluster(install("private/home").home)
    cluster.ensure()
    assert cluster.place.folder.parent == Path("/var/lib/packhorse")
    assert stat.S_IMODE((folder / "private").stat().st_mode) == 0o700
    assert ask(cluster, "SELECT 1") == 1


def test_callers_at_once_get_one_server(install: Install, open_cluster: Open) -> None:
    home = install("home").home
    clusters = [open_cluster(home) for _ in range(4)]
    barrier, pids = threading.Barrier(4), []

    def call(cluster: Cluster) -> None:
        barrier.wait()
        cluster.ensure()
        pids.append(postmaster(cluster))

    threads = [threading.Thread(target=call, args=[c]) for c in clusters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pids) == 4
    assert len(set(pids)) == 1
    for cluster in clusters[:3]:
        cluster.release()
    assert clusters[3].running()
    clusters[3].release()
    assert not clusters[3].alive()


def test_a_second_home_is_another_cluster(install: Install, open_cluster: Open) -> None:
    first = open_cluster(install("first").home)
    first.ensure()
    second = open_cluster(install("second").home)
    second.ensure()
    assert postmaster(first) != postmaster(second)
    second.stop()
    assert ask(first, "SELECT 1") == 1


def test_a_copied_note_does_not_lead_to_the_other_home(install: Install, open_cluster: Open) -> None:
    first, second = install("first").home, install("second").home
    open_cluster(first).ensure()
    second.mkdir()
    (second / "cluster.json").write_text((first / "cluster.json").read_text())
    assert noted(second) is None


def test_data_of_another_release_is_refused_and_left_alone(install: Install, open_cluster: Open) -> None:
    cluster = open_cluster(install("home").home)
    cluster.ensure()
    cluster.release()
    (cluster.place.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ClusterFailed, match="made by PostgreSQL 17"):
        cluster.ensure()
