"""Makes schemas that stand alone from those of the package kubernetes-validate: each kind's with the definitions that it refers to.

    standalone_schemas.py WHEEL FOLDER VERSION...
"""
import json
import pathlib
import re
import sys
import zipfile

KINDS = [
    "configmap-v1",
    "deployment-apps-v1",
    "horizontalpodautoscaler-autoscaling-v2",
    "job-batch-v1",
    "networkpolicy-networking-v1",
    "persistentvolumeclaim-v1",
    "secret-v1",
    "service-v1",
]
REFERENCE = re.compile(r'"(?:/api/)?(?:_definitions\.json)?#/\$defs/([^"]+)"')


def stand_alone(text, definitions):
    needed, waiting = {}, REFERENCE.findall(text)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = definitions[name]
            waiting += REFERENCE.findall(json.dumps(definitions[name]))
    schema = {**json.loads(text), "$defs": needed}
    return REFERENCE.sub(r'"#/$defs/\1"', json.dumps(schema))


wheel, folder, *versions = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for version in versions:
        source = f"kubernetes_validate/kubernetes-json-schema/v{version}.0-local-strict"
        definitions = json.loads(archive.read(f"{source}/_definitions.json"))["$defs"]
        target = pathlib.Path(folder, version)
        target.mkdir(parents=True, exist_ok=True)
        for kind in KINDS:
            text = archive.read(f"{source}/{kind}.json").decode()
            (target / f"{kind}.json").write_text(stand_alone(text, definitions))
