"""The command log, the journal and the outbox."""

from __future__ import annotations

from django.db import models


class Command(models.Model):
    """One use case that was carried out: the idempotency record and the audit. Refusals leave no row."""

    principal = models.TextField()
    key = models.UUIDField()
    use_case = models.TextField()
    arguments_sha256 = models.BinaryField()
    actor = models.JSONField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="command_key_once")]
        indexes = [models.Index(fields=["at"], name="command_at"), models.Index(fields=["principal", "at"], name="command_of_principal")]


class JournalEntry(models.Model):
    """A fact, as it was told: append-only, partitioned by month of `at`, referenced by nothing."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField()
    at = models.DateTimeField()
    event = models.TextField()
    principal = models.TextField()
    command_id = models.BigIntegerField()
    client_id = models.BigIntegerField(null=True)
    warehouse_id = models.BigIntegerField(null=True)
    order_id = models.BigIntegerField(null=True)
    subject_kind = models.TextField(null=True)  # noqa: DJ001 - no subject is not an empty one
    subject_id = models.BigIntegerField(null=True)
    data = models.JSONField()

    class Meta:
        db_table = "core_journal"
        managed = False


class OutboxRow(models.Model):
    """One event for one handler, until it is handled. Partitioned by month of `at`, referenced by nothing."""

    pk = models.CompositePrimaryKey("at", "id")
    id = models.BigIntegerField()
    at = models.DateTimeField()
    handler = models.TextField()
    event = models.TextField()
    journal_id = models.BigIntegerField()
    data = models.JSONField()
    attempts = models.IntegerField()
    leased_until = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    error = models.TextField()

    class Meta:
        db_table = "core_outbox"
        managed = False


class Setting(models.Model):
    """A typed, dated setting: organisation → client → warehouse; the newest row of the narrowest match counts."""

    name = models.TextField()
    client_id = models.BigIntegerField(null=True)
    warehouse_id = models.BigIntegerField(null=True)
    value = models.JSONField()
    since = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["name", "client_id", "warehouse_id", "-since"], name="setting_lookup")]


class JobFailure(models.Model):
    """Why a job failed the last time; the job itself is procrastinate's row, which keeps no reason."""

    job_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    error = models.TextField()

    class Meta:
        db_table = "core_job_failure"


class SavedView(models.Model):
    """A list's query under a name, for the principal who saved it."""

    principal = models.TextField()
    page = models.TextField()
    name = models.TextField()
    query = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "core_saved_view"
        constraints = [models.UniqueConstraint(fields=["principal", "page", "name"], name="saved_view_once")]


class ListColumns(models.Model):
    """The columns of a list that a principal wants to see, by their keys."""

    principal = models.TextField()
    page = models.TextField()
    columns = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "core_list_columns"
        constraints = [models.UniqueConstraint(fields=["principal", "page"], name="list_columns_once")]


class ScannerRun(models.Model):
    """One run of a scanner flow by one principal: where it stands, and the last scan's key, so that a repeat is harmless."""

    id = models.UUIDField(primary_key=True)
    principal = models.TextField()
    flow = models.TextField()
    seq = models.IntegerField()
    last_key = models.UUIDField(null=True)
    state = models.JSONField()
    screen = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "core_scanner_run"
        indexes = [models.Index(fields=["at"], name="scanner_run_at")]


class BulkRun(models.Model):
    """One action on many rows, worked through in chunks by a job: how far it is and what was refused."""

    id = models.UUIDField(primary_key=True)
    principal = models.TextField()
    actor = models.JSONField()
    action = models.TextField()
    data = models.JSONField()
    ids = models.JSONField()
    done = models.IntegerField()
    failed = models.IntegerField()
    refusals = models.JSONField()
    back = models.TextField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "core_bulk_run"
        constraints = [models.CheckConstraint(condition=models.Q(done__gte=0, failed__gte=0, failed__lte=models.F("done")), name="bulk_run_counts")]
        indexes = [models.Index(fields=["started_at"], name="bulk_run_started")]


class ArchivedPartition(models.Model):
    """A month of a partitioned table that was written to a file and taken out of the database; `restored_at` while it is back."""

    table_name = models.TextField()
    month = models.DateField()
    file = models.TextField()
    sha256 = models.TextField()
    rows = models.BigIntegerField()
    at = models.DateTimeField()
    restored_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "core_archived_partition"
        constraints = [models.UniqueConstraint(fields=["table_name", "month"], name="archived_partition_once")]
