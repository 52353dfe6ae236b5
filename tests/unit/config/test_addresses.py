"""Which database address a process uses."""

from __future__ import annotations

from hearwell.config.addresses import database_url, django_database
from hearwell.config.environment import ProcessRole, read_environment


def test_each_process_of_the_embedded_house_has_its_own_role(tmp_path):
    environment = read_environment({"DATA": str(tmp_path)})
    users = {role: database_url(environment, role).split("@")[0] for role in ProcessRole}
    assert users == {
        ProcessRole.WEB: "postgresql://hearwell_app",
        ProcessRole.WORKER: "postgresql://hearwell_worker",
        ProcessRole.LISTEN: "postgresql://hearwell_worker",
        ProcessRole.MIGRATE: "postgresql://hearwell_owner",
    }


def test_one_external_address_stands_for_all_roles():
    environment = read_environment({"DATABASE_URL": "postgresql://hearwell_app:pw@db/care"})
    owner = database_url(environment, ProcessRole.MIGRATE)
    assert owner == "postgresql://hearwell_owner:pw@db/care"


def test_a_role_may_have_its_own_address():
    environment = read_environment(
        {
            "DATABASE_URL": "postgresql://hearwell_app:a@db/care",
            "DATABASE_WORKER_URL": "postgresql://hearwell_worker:b@db/care",
        }
    )
    assert database_url(environment, ProcessRole.LISTEN).endswith("worker:b@db/care")


def test_django_gets_the_parts_and_keeps_the_rest_as_options():
    entry = django_database("postgresql://u:p%40@h:5433/care?sslmode=require")
    assert entry["USER"] == "u"
    assert entry["PASSWORD"] == "p@"
    assert (entry["HOST"], entry["PORT"], entry["NAME"]) == ("h", "5433", "care")
    assert entry["OPTIONS"] == {"sslmode": "require"}
