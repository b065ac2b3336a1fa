"""Starts the emulator on one loopback port, corrected where it does not do as AWS does.

Each correction stands in emulator-differences.ts under its id. They reach into the pinned version's insides, so
each fails loudly when what it corrects is no longer there.
"""

import asyncio
import json
import os
import re
import signal
import string
import sys
import threading

# ministack reads its settings when it is imported.
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as gateway
from ministack.app import app
from ministack.core import iam_actions, tls
from ministack.services import scheduler, secretsmanager
from ministack.services.cloudformation import provisioners

SECRET = "AWS::SecretsManager::Secret"
TABLE = "AWS::DynamoDB::GlobalTable"


def correct_sqs_batch_permissions():
    """sqs-batch-permission: what sends one message may send ten; the batch calls have no actions of their own."""
    singular = {
        "sqs:SendMessageBatch": "sqs:SendMessage",
        "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
        "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    }
    original = iam_actions.extract_iam_action

    def extract_iam_action(*args, **kwargs):
        action = original(*args, **kwargs)
        return singular.get(action, action)

    iam_actions.extract_iam_action = extract_iam_action


def correct_mapping_permissions():
    """mapping-permissions: to look at one event source mapping, and to change it, are actions of their own."""
    actions = {"GET": "GetEventSourceMapping", "PUT": "UpdateEventSourceMapping"}
    original = iam_actions._lambda_action

    def lambda_action(method, path):
        parts = [part for part in path.split("/") if part]
        is_one = parts[1:2] == ["event-source-mappings"] and len(parts) == 3
        return actions.get(method) if is_one else original(method, path)

    iam_actions._lambda_action = lambda_action


def correct_secret_reference(handlers):
    """secret-reference: Ref of a secret is its ARN."""
    create, update, delete = (handlers[SECRET][step] for step in ("create", "update", "delete"))

    def name_of(arn):
        return next(name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == arn)

    def create_secret(*args):
        _, attributes = create(*args)
        return attributes["Arn"], attributes

    def update_secret(arn, *args, **kwargs):
        _, attributes = update(name_of(arn), *args, **kwargs)
        return attributes["Arn"], attributes

    def delete_secret(arn, *args):
        delete(name_of(arn), *args)

    handlers[SECRET].update(create=create_secret, update=update_secret, delete=delete_secret)


def correct_generated_secret():
    """secret-punctuation: ExcludePunctuation is honoured."""
    original = provisioners._sm_secret_string

    def secret_string(props):
        generate = props.get("GenerateSecretString")
        if generate and generate.get("ExcludePunctuation") in (True, "true"):
            excluded = generate.get("ExcludeCharacters", "") + string.punctuation
            props = {**props, "GenerateSecretString": {**generate, "ExcludeCharacters": excluded}}
        return original(props)

    provisioners._sm_secret_string = secret_string


def correct_metric_math():
    """metric-math: alarms over several metrics deploy; they stand there and never ring."""
    original = provisioners._cw_metric_alarm_record

    def alarm_record(name, props):
        if "Metrics" in props:
            rest = {key: value for key, value in props.items() if key != "Metrics"}
            props = {**rest, "Namespace": "Unsupported", "MetricName": "MetricMath", "ActionsEnabled": False}
        return original(name, props)

    provisioners._cw_metric_alarm_record = alarm_record


def correct_table_protection(handlers):
    """table-protection: what protects a table from deletion stands with its replica."""
    create, update = (handlers[TABLE][step] for step in ("create", "update"))

    def protected(props):
        (replica,) = props["Replicas"]
        return {**props, "DeletionProtectionEnabled": replica.get("DeletionProtectionEnabled", False)}

    def create_table(logical_id, props, *args):
        return create(logical_id, protected(props), *args)

    def update_table(physical_id, old_props, new_props, *args, **kwargs):
        return update(physical_id, protected(old_props), protected(new_props), *args, **kwargs)

    handlers[TABLE].update(create=create_table, update=update_table)


def correct_api_address():
    """api-address: an API answers under its own host name, for whoever finds the way there."""
    if not isinstance(gateway._EXECUTE_API_RE, re.Pattern):
        raise TypeError("hosts of APIs are no longer told by a pattern")
    gateway._EXECUTE_API_RE = re.compile(r"^([a-f0-9]{8})\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?::\d+)?$")


def end_with_starter():
    """Nothing is left behind, functions included, however the process ends that holds the other end of stdin."""

    def watch():
        sys.stdin.buffer.read()
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def correct_schedule_pages(size=20):
    """schedule-pages: a list goes on where its token says; pages are small, so that there are several."""
    original = scheduler._list_schedules

    def list_schedules(query):
        status, headers, body = original({**query, "MaxResults": sys.maxsize})
        found = json.loads(body)["Schedules"]
        begin = int(query.get("NextToken", 0))
        end = begin + min(size, int(query.get("MaxResults", size)))
        page = {"Schedules": found[begin:end]}
        if end < len(found):
            page["NextToken"] = str(end)
        return status, headers, json.dumps(page).encode()

    scheduler._list_schedules = list_schedules


def main():
    end_with_starter()
    correct_sqs_batch_permissions()
    correct_mapping_permissions()
    correct_secret_reference(provisioners._RESOURCE_HANDLERS)
    correct_generated_secret()
    correct_table_protection(provisioners._RESOURCE_HANDLERS)
    correct_metric_math()
    correct_schedule_pages()
    correct_api_address()
    config = Config()
    # Not ministack's own main: that would take port 443 as well.
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.certfile, config.keyfile = tls.resolve_tls_material()
    asyncio.run(serve(app, config))


if __name__ == "__main__":
    main()
