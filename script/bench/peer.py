"""What a team writes instead of landfall, as a measure: reads the same wave files, lists servers and jobs of AWS SMS with
boto3, compares the same settings and prints the counts; `apply` creates what is missing with a pool of threads.

Usage: peer.py plan|apply URL FOLDER [THREADS]. Needs boto3 with the model of `sms` (Debian: python3-boto3, python3-yaml).
"""

import glob
import json
import os
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import yaml
from botocore.config import Config

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
SETTINGS = ("frequency", "licenseType", "roleName", "numberOfRecentAmisToKeep")


def read_vms(folder):
    vms = []
    for path in sorted(glob.glob(os.path.join(folder, "waves", "*.yaml"))):
        with open(path, encoding="utf-8") as file:
            wave = yaml.load(file, Loader=Loader)
        spec = wave["spec"]
        for vm in spec["vms"]:
            settings = {**spec.get("defaults", {}), **vm}
            marker = f"[landfall:bench/{wave['metadata']['name']}]"
            settings["description"] = f"{settings.get('description', '')} {marker}".strip()
            vms.append(settings)
    return vms


def list_all(call, key):
    items, token = [], None
    while True:
        more = {"nextToken": token} if token else {}
        page = call(maxResults=1000, **more)
        items += page[key]
        token = page.get("nextToken")
        if not token:
            return items


def main():
    mode, url, folder = sys.argv[1:4]
    threads = int(sys.argv[4]) if len(sys.argv) > 4 else 50
    config = Config(max_pool_connections=threads)
    client = boto3.client("sms", endpoint_url=url, region_name="us-west-2", config=config)
    vms = read_vms(folder)
    servers = {one["vmServer"]["vmPath"]: one for one in list_all(client.get_servers, "serverList")}
    jobs = {}
    for job in list_all(client.get_replication_jobs, "replicationJobList"):
        if job.get("state") != "DELETED":
            jobs[job["serverId"]] = job
    create, update, same = [], [], 0
    for vm in vms:
        server = servers[vm["path"]]["serverId"]
        job = jobs.get(server)
        if job is None:
            create.append((server, vm))
        elif any(name in vm and job.get(name) != vm[name] for name in (*SETTINGS, "description")):
            update.append((job, vm))
        else:
            same += 1
    named = {servers[vm["path"]]["serverId"] for vm in vms}
    unlisted = [job for job in jobs.values() if job["serverId"] not in named]
    print(json.dumps({"create": len(create), "update": len(update), "delete": len(unlisted), "same": same}))
    if mode == "apply":
        started = time.perf_counter()
        seed = time.time() + 3600

        def make(one):
            server, vm = one
            settings = {name: vm[name] for name in (*SETTINGS, "description") if name in vm}
            client.create_replication_job(serverId=server, seedReplicationTime=seed, **settings)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(make, create))
        print(f"changes took {time.perf_counter() - started:.2f} s")


main()
usage = resource.getrusage(resource.RUSAGE_SELF)
cpu = (usage.ru_utime + usage.ru_stime) * 1000
os.write(3, json.dumps({"kilobytes": usage.ru_maxrss, "cpu": cpu}).encode())
