"""Reads a file of recordings with h5py and numpy alone: no code of ours but the program that writes it.

read_with_h5py.py STUNT FORMAT_MD: simulates a fall with four devices, reads every object of the file, compares the samples
with the CSV export, compares names, units and shapes with docs/format.md, and lets the program read files that h5py spoiled.
"""

import csv
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as error:
    print(f"SKIPPED: {error}; install python3-h5py")
    sys.exit(77)

STUNT, FORMAT = sys.argv[1:3]
DEVICES = {"watch@left_wrist": 100, "fitness_watch@right_wrist": 50, "belt@waist": 200, "ideal@chest": 200}
UNITS = {"accelerometer": "m/s²", "gyroscope": "rad/s"}
G = 9.80665
# Of the watch: unit, axes, rate.
SLOW = {"barometer": ("Pa", "value", 25), "magnetometer": ("µT", "x,y,z", 50), "heart_rate": ("1/min", "value", 1),
        "sound_level": ("dB", "value", 8),
        "gnss": ("deg,deg,m,m/s,deg,m", "latitude_deg,longitude_deg,altitude_m,speed_mps,course_deg,accuracy_m", 1)}


def stunt(*arguments, code=0):
    done = subprocess.run([STUNT, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, f"{arguments}: exit code {done.returncode}\n{done.stderr}"
    return done


def simulate(out):
    devices = [word for device in DEVICES for word in ("--device", device)]
    stunt("simulate", "fall_fwd_walk_trip", "--seed", 7, *devices, "-o", out)


def text(value):
    assert isinstance(value, bytes), value
    return value.decode("utf-8")


def check_channel(channel, device, kind, exported):
    attributes = channel.attrs
    rate = DEVICES[device]
    assert text(attributes["kind"]) == kind and text(attributes["clock"]) == device
    assert text(attributes["unit"]) == UNITS[kind] and text(attributes["frame"]) == "S"
    assert text(attributes["axes"]) == "x,y,z" and attributes["rate_hz"] == rate
    sheet = json.loads(attributes["spec"])
    assert sheet["rate_hz"] == rate and 0 < sheet["bandwidth_hz"] < rate / 2
    t, sequence, degraded = channel["t_ns"], channel["sequence"], channel["degraded"]
    assert t.dtype == np.int64 and degraded.dtype == np.float32 and degraded.shape == (len(t), 3)
    assert text(t.attrs["unit"]) == "ns" and text(degraded.attrs["unit"]) == UNITS[kind]
    period = 1_000_000_000 // rate
    steps = np.diff(t[:])
    if device.startswith("watch@"):  # a clock of its own
        assert abs(np.mean(steps) / period - 1) < 0.02 and np.all(steps > 0.5 * period) and np.all(steps < 1.5 * period)
    else:
        assert np.all(steps == period)
    assert np.array_equal(sequence[:], np.arange(len(t)))
    for dataset in (t, sequence, degraded, channel["clean"], channel["clean_t_ns"]):
        assert dataset.chunks and dataset.shuffle and dataset.fletcher32 and dataset.compression == "gzip"
    columns = slice(1, 4) if kind == "accelerometer" else slice(4, 7)
    assert np.array_equal(t[:], exported["degraded"]["t"])
    assert np.array_equal(degraded[:], exported["degraded"]["values"][:, columns])
    clean, taken = channel["clean"], channel["clean_t_ns"]
    assert text(taken.attrs["clock"]) == "simulated" and clean.shape == degraded.shape
    # Stamps are late by the time to read a sample and its jitter, and run off with the device's crystal.
    assert np.all(np.abs(t[:] - taken[:]) < 2e6 + 1e-3 * t[:]) and len(taken) == len(t)
    assert device.startswith("watch@") or np.array_equal(t[:], taken[:])
    assert np.array_equal(clean[:], exported["clean"]["values"][:, columns])
    error = degraded[:] - clean[:]
    assert (device == "ideal@chest") == bool(np.all(error == 0))
    if attributes["range"] > 0:
        # float32 of a value at the end of the range may round up.
        assert np.abs(degraded[:]).max() <= attributes["range"] * (1 + 1e-6)


def read_csv(path):
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    assert ",".join(rows[0]) == "t_ns,ax_mps2,ay_mps2,az_mps2,gx_radps,gy_radps,gz_radps"
    times = np.array([int(row[0]) for row in rows[1:]])
    return {"t": times, "values": np.array(rows[1:], dtype=object)[:, :].astype(np.float32)}


def check_truth(case, exported):
    truth = case["truth"]
    assert text(truth.attrs["clock"]) == "simulated"
    event, = truth["events"][:]
    assert event["class"] == b"fall" and event["onset_ns"] < event["ref_ns"] < event["end_ns"]
    assert event["ignore"].dtype == bool and not event["ignore"]
    for key in ("onset_ns", "ref_ns", "end_ns", "severity"):
        assert event[key] == exported["events"][0][key], key
    walking = truth["activities"][0]
    assert walking["label"] == b"walking" and walking["end_ns"] == event["onset_ns"]
    assert len(truth["repetitions"]) == 0
    beats = truth["heart_rate"][:]
    assert np.all(np.diff(beats["t_ns"]) == 1_000_000_000) and np.all((beats["bpm"] > 40) & (beats["bpm"] < 220))
    assert truth["repetitions"].dtype.names == ("exercise", "set", "number", "start_ns", "end_ns")
    assert truth["heart_rate"].dtype.names == ("t_ns", "bpm")
    contacts = truth["contacts"][:]
    assert np.all(contacts["start_ns"] < contacts["end_ns"]) and np.all(contacts["peak_force_n"] > 1)
    # No force does more than its peak for all of its time.
    seconds = (contacts["end_ns"] - contacts["start_ns"]) * 1e-9
    assert np.all(contacts["impulse_n_s"] <= contacts["peak_force_n"] * seconds * (1 + 1e-9))
    fallen = contacts[contacts["start_ns"] > event["onset_ns"]]
    assert any(not name.endswith(b"foot") for name in fallen["segment"]), "a fall is more than feet"


def rotation(q):
    w, x, y, z = q
    return np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                     [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                     [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]])


def check_pose(case):
    """Clean specific force from the poses alone, where the body hardly moves: gravity, turned into the sensor."""
    pose = case["truth/pose"]
    names = text(pose.attrs["segments"]).split(",")
    t, position, orientation = pose["t_ns"][:], pose["position"][:], pose["orientation"][:]
    assert len(names) == 18 and text(pose.attrs["frame"]) == "W"
    assert position.shape == (len(t), 18, 3) and orientation.shape == (len(t), 18, 4)
    assert np.allclose(np.linalg.norm(orientation, axis=2), 1, atol=1e-6)
    assert t[0] == 0 and np.all(np.abs(np.diff(t) - 20_000_000) <= 2_000_000)
    head = position[:, names.index("head"), 2]
    assert head[0] > 1.3 and head[-1] < 0.6, "upright at first, down at last"
    frame = len(t) - 50
    for name, device in case["devices"].items():
        attributes = device.attrs
        q_WB = orientation[frame, names.index(text(attributes["segment"]))]
        up_S = (rotation(q_WB) @ rotation(attributes["q_BS"])).T @ [0, 0, G]
        channel = device["accelerometer"]
        row = np.searchsorted(channel["clean_t_ns"][:], t[frame])
        measured = channel["clean"][row - 20:row + 20].mean(axis=0)
        assert np.linalg.norm(measured - up_S) < 0.5, (name, measured, up_S)


def check_documented(file):
    """Every name in the file is in docs/format.md, and every name of its tables is in the file."""
    documented = set(re.findall(r"`([A-Za-z_0-9]+)`", pathlib.Path(FORMAT).read_text()))
    free = ("tags", "provenance/parameters")  # any key
    found = set()

    def visit(name, item):
        found.update(() if name.endswith(free) else item.attrs)
        if isinstance(item, h5py.Dataset):
            found.update([name.rsplit("/", 1)[-1]], item.dtype.names or ())

    visit("", file)
    file.visititems(visit)
    assert found <= documented, f"not in format.md: {sorted(found - documented)}"
    tables = re.findall(r"^\| (?:`[a-z_]*` |)\| (`[^|]*`) \| (?:text|u?int64|float64|float32|bool)", FORMAT_TEXT, re.M)
    tables += re.findall(r"^\| (`[^|]*`) \| (?:text|u?int64|float64)", FORMAT_TEXT, re.M)
    tables += re.findall(r"^\| (`[a-z_]+`) \| [nmk][^|]* \| (?:u?int64|float32)", FORMAT_TEXT, re.M)
    promised = {name for cell in tables for name in re.findall(r"`([A-Za-z_0-9]+)`", cell)}
    assert len(promised) > 45, sorted(promised)
    assert promised <= found, f"not in the file: {sorted(promised - found)}"


def check_refusals(path, folder):
    """h5py makes files that are HDF5 and yet are none of ours."""
    def spoil(name, change, seen_by_inspect=True):
        spoiled = folder / f"{name}.h5"
        shutil.copy(path, spoiled)
        with h5py.File(spoiled, "r+") as file:
            change(next(iter(file["cases"].values())), file)
        outcomes = [stunt("export", spoiled, *signal, "-o", folder / f"csv_{name}", code=2)
                    for signal in ([["--clean"]] if "clean" in name else [[]])]
        if seen_by_inspect:
            outcomes.append(stunt("inspect", spoiled, code=2))
        for outcome in outcomes:
            assert outcome.stderr.startswith(f"stunt: {spoiled}: ") and outcome.stderr.count("\n") == 1, outcome.stderr
        assert not (folder / f"csv_{name}").exists()
        print(f"  {name}: {outcomes[0].stderr.strip()}")

    channel = "devices/watch@left_wrist/accelerometer/"

    def replaced(case, name, **how):
        data = how.pop("data", None)
        data = case[name][:] if data is None else data
        del case[name]
        case.create_dataset(name, data=data, **how)

    def backwards(case, _):
        case[channel + "t_ns"][5] = -1

    def elsewhere(case, file):
        del case[channel + "degraded"]
        case[channel + "degraded"] = h5py.ExternalLink("/etc/passwd", "/")

    def not_finite(case, _):
        case[channel + "degraded"][3, 1] = np.nan

    def no_table(case, _):
        del case["truth/events"]

    def no_unit(case, _):
        del case[channel].attrs["unit"]

    def text_of_free_length(case, _):
        case[channel].attrs["unit"] = "m/s²"

    def another_schema(_, file):
        file.attrs["schema"] = np.bytes_(b"theirs/v2")

    def huge(case, _):
        case[channel + "degraded"].resize(2**40, axis=0)

    spoil("backwards", backwards)
    spoil("elsewhere", elsewhere)
    spoil("not_finite", not_finite, seen_by_inspect=False)  # it reads no values
    spoil("no_table", no_table)
    spoil("no_unit", no_unit)
    spoil("text_of_free_length", text_of_free_length)
    spoil("another_schema", another_schema)
    spoil("huge", huge)
    spoil("contiguous", lambda case, _: replaced(case, channel + "degraded"))
    spoil("lzf", lambda case, _: replaced(case, channel + "degraded", chunks=(512, 3), compression="lzf"))
    spoil("cut_rows", lambda case, _: case[channel + "degraded"].resize(100, axis=0))
    spoil("clean_of_four_axes", lambda case, _: replaced(case, channel + "clean", data=np.zeros((10, 4), "f4"), chunks=(8, 4)))
    spoil("text_times", lambda case, _: replaced(case, channel + "t_ns", data=np.zeros(3744, "f8"), chunks=(8,)))


def check_slow(device, truth):
    for kind, (unit, axes, rate) in SLOW.items():
        channel = device[kind]
        assert text(channel.attrs["unit"]) == unit and text(channel.attrs["axes"]) == axes, kind
        assert channel.attrs["rate_hz"] == rate and json.loads(channel.attrs["spec"])["rate_hz"] == rate
        assert channel["degraded"].shape == channel["clean"].shape and len(channel["t_ns"]) == len(channel["clean"])
    assert np.all(device["gnss/degraded"][:, 5] == -1), "no satellites indoors"
    assert np.all(device["gnss/clean"][:, 5] == 0) and abs(device["gnss/clean"][0, 0] - 48.137) < 1e-3
    # Earth's field keeps its strength however the wrist turns.
    strength = np.linalg.norm(device["magnetometer/clean"][:], axis=1)
    assert np.ptp(strength) < 1e-3 * strength[0] and 20 < strength[0] < 80
    beats = truth["heart_rate"][:]
    seconds = device["heart_rate/clean_t_ns"][:] * 1e-9
    expected = np.interp(seconds, beats["t_ns"] * 1e-9, beats["bpm"])
    assert np.median(np.abs(device["heart_rate/clean"][:, 0] - expected)) < 0.5
    assert device["sound_level/clean"][:].max() > device["sound_level/clean"][0, 0] + 20, "a fall is heard"


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        path = folder / "four.h5"
        simulate(path)
        stunt("export", path, "-o", folder / "degraded")
        stunt("export", path, "--clean", "-o", folder / "clean")
        with h5py.File(path) as file:
            assert text(file.attrs["schema"]) == "stunt.recordings/v1"
            (case_id, case), = file["cases"].items()
            assert text(case.attrs["case_id"]) == case_id and text(case.attrs["label"]) == "fall"
            assert case["provenance"].attrs["seed"] == 7
            assert text(case["provenance/inputs"].attrs["motion"]).startswith("fnv1a64:")
            assert set(case["devices"]) == set(DEVICES)
            for device in DEVICES:
                names = {signal: folder / signal / f"{case_id}_{device.replace('@', '_')}.csv"
                         for signal in ("degraded", "clean")}
                exported = {signal: read_csv(csv_path) for signal, csv_path in names.items()}
                slow = set(SLOW) if device.startswith("watch@") else set()
                assert set(case["devices"][device]) == set(UNITS) | slow
                for kind in UNITS:
                    check_channel(case["devices"][device][kind], device, kind, exported)
            check_truth(case, json.loads((folder / "degraded" / f"{case_id}.truth.json").read_text()))
            check_slow(case["devices/watch@left_wrist"], case["truth"])
            check_pose(case)
            check_documented(file)
        check_refusals(path, folder)
    print("read with h5py", h5py.version.version, "on HDF5", h5py.version.hdf5_version)


FORMAT_TEXT = pathlib.Path(FORMAT).read_text()
main()
