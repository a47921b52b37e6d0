/* The demonstration's stage: a folder, a home network, a pcscd of its own. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/hex.h"
#include "cli/demo/demo.h"
#include "edge/batch/batch_file.h"
#include "edge/file/file_io.h"
#include "edge/keyring/keyring.h"
#include "edge/pcsc/pcsc_reader.h"

#define LOG_MAX ((size_t)16 * 1024 * 1024)

static const char configuration[] =
    "home:\n"
    "  identity: hss.epc.mnc001.mcc001.3gppnetwork.org\n"
    "  realm: epc.mnc001.mcc001.3gppnetwork.org\n"
    "  plmn: 001/01\n"
    "  listen:\n"
    "    - tcp://127.0.0.1:%u\n"
    "  database: home.db\n"
    "  key_file: home.key\n"
    "peers:\n"
    "  - host: mme.epc.mnc001.mcc001.3gppnetwork.org\n"
    "    realm: epc.mnc001.mcc001.3gppnetwork.org\n"
    "    addresses: [127.0.0.1]\n"
    "    plmns: [001/01]\n"
    "    applications: [s6a]\n"
    "profiles:\n"
    "  meter:\n"
    "    access: packet\n"
    "    apns:\n"
    "      - {name: meter.iot, type: ipv4, qci: 9, priority: 15, uplink: 64k, downlink: 64k}\n"
    "    binding: {arm: yes, violation: refuse, require_imei: yes}\n"
    "    audit: {activation: yes, change: yes, one_in: 1, on_clone: bar}\n";

void demo_say(struct demo *demo, const char *format, ...)
{
    char line[1024];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    (void)printf("    %s\n", line);
    (void)fflush(stdout);
    text_add(&demo->transcript, line, strlen(line));
    text_add(&demo->transcript, "\n", 1);
}

void demo_path(const struct demo *demo, const char *name, char out[DEMO_PATH + 64])
{
    (void)snprintf(out, DEMO_PATH + 64, "%s/%s", demo->folder, name);
}

static bool write_configuration(const struct demo *demo, struct fault *fault)
{
    char text[sizeof configuration + 16];
    char path[DEMO_PATH + 64];

    (void)snprintf(text, sizeof text, configuration, demo->port);
    demo_path(demo, "mooring.yaml", path);
    return file_create(path, text, strlen(text), 0600, fault);
}

static bool make_slots(struct demo *demo, struct fault *fault)
{
    for (int i = 0; i < DEMO_SLOTS; i++) {
        char name[16];
        char path[DEMO_PATH + 64];

        (void)snprintf(name, sizeof name, "slot%d", i);
        demo_path(demo, name, path);
        if (mkdir(path, 0700) != 0) {
            return fault_set(fault, "%s: %s", path, strerror(errno));
        }
    }
    return true;
}

static bool make_folder(struct demo *demo, const char *folder, struct fault *fault)
{
    (void)snprintf(demo->folder, sizeof demo->folder, "%s",
                   folder != NULL ? folder : "/tmp/mooring-demo.XXXXXX");
    if (folder == NULL) {
        demo->own_folder = mkdtemp(demo->folder) != NULL;
        return demo->own_folder || fault_set(fault, "%s: %s", demo->folder, strerror(errno));
    }
    if (strlen(folder) >= sizeof demo->folder || folder[0] != '/') {
        return fault_set(fault, "--keep takes a whole path of at most %d characters, not '%s'",
                         DEMO_PATH - 1, folder);
    }
    return mkdir(folder, 0700) == 0 ||
           fault_set(fault, "%s: %s: --keep takes a folder that does not exist yet", folder,
                     strerror(errno));
}

bool demo_open(struct demo *demo, const char *folder, bool with_pcscd, uint16_t port,
               struct fault *fault)
{
    ssize_t n = readlink("/proc/self/exe", demo->program, sizeof demo->program - 1);

    demo->with_pcscd = with_pcscd;
    demo->port = port;
    if (n <= 0) {
        return fault_set(fault, "/proc/self/exe: %s", strerror(errno));
    }
    demo->program[n] = '\0';
    (void)unsetenv("MOORING_CONFIG"); /* our commands take mooring.yaml of the folder they run in */
    return make_folder(demo, folder, fault) && write_configuration(demo, fault) &&
           make_slots(demo, fault);
}

/* Waits up to ten seconds until `ready` says yes; false if the process ends or time is over. */
static bool wait_ready(struct demo *demo, pid_t pid, bool (*ready)(struct demo *demo))
{
    const struct timespec step = {.tv_nsec = 50000000};

    for (int i = 0; i < 200; i++) {
        if (ready(demo)) {
            return true;
        }
        if (!process_runs(pid)) {
            return false;
        }
        (void)nanosleep(&step, NULL);
    }
    return false;
}

/* Reads the port from the home network's first lines. */
static bool home_listens(struct demo *demo)
{
    static const char word[] = "listening on tcp://127.0.0.1:";
    struct file_content log;
    char path[DEMO_PATH + 64];
    bool listens = false;

    demo_path(demo, "home.log", path);
    if (file_read(path, LOG_MAX, &log, NULL)) {
        const char *at = strstr((const char *)log.data, word);

        if (at != NULL && strchr(at, '\n') != NULL) {
            demo->port = (uint16_t)strtoul(at + sizeof word - 1, NULL, 10);
            listens = demo->port != 0;
        }
        file_content_free(&log);
    }
    return listens;
}

bool demo_start_home(struct demo *demo, struct fault *fault)
{
    char log[DEMO_PATH + 64];
    const char *const argv[] = {demo->program, "home", "run", NULL};

    demo_path(demo, "home.log", log);
    demo->home = process_start(demo->folder, argv, log, fault);
    if (demo->home < 0) {
        return false;
    }
    if (!wait_ready(demo, demo->home, home_listens)) {
        return fault_set(fault, "the home network did not start; its log is %s", log);
    }
    demo_say(demo, "$ mooring home run   (in the background: S6a on 127.0.0.1:%u, SQLite home.db)",
             demo->port);
    return true;
}

/* The driver beside this program in the build tree, or where it is installed. */
static bool find_driver(const struct demo *demo, char *out, size_t capacity, struct fault *fault)
{
    const char *slash = strrchr(demo->program, '/');

    (void)snprintf(out, capacity, "%.*s/../edge/ifd/libifdmooring.so", (int)(slash - demo->program),
                   demo->program);
    if (access(out, R_OK) != 0) {
        (void)snprintf(out, capacity, "%s", MOORING_DRIVER);
    }
    char *whole = realpath(out, NULL);
    if (whole == NULL) {
        return fault_set(fault, "the reader driver is missing: %s: %s", out, strerror(errno));
    }
    (void)snprintf(out, capacity, "%s", whole);
    free(whole);
    return true;
}

static bool write_reader_conf(const struct demo *demo, struct fault *fault)
{
    char driver[PATH_MAX];
    char path[DEMO_PATH + 64];
    struct text text = {0};

    if (!find_driver(demo, driver, sizeof driver, fault)) {
        return false;
    }
    demo_path(demo, "reader.conf.d", path);
    (void)mkdir(path, 0700);
    demo_path(demo, "reader.conf.d/mooring", path);
    for (int i = 0; i < DEMO_SLOTS; i++) {
        char entry[PATH_MAX + DEMO_PATH + 256];
        int n = snprintf(entry, sizeof entry,
                         "FRIENDLYNAME \"Mooring %d\"\nDEVICENAME %s/slot%d\nLIBPATH %s\nCHANNELID "
                         "%d\n\n",
                         i, demo->folder, i, driver, i);

        text_add(&text, entry, (size_t)n);
    }
    bool good = file_create(path, text.data, text.len, 0600, fault);
    text_free(&text);
    return good;
}

/* A /run/pcscd of our own, so that a pcscd of the system is neither met nor disturbed. */
static bool make_private_run(struct demo *demo, struct fault *fault)
{
    struct pcsc_reader_list list;

    (void)mkdir("/run/pcscd", 0755);
    if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("tmpfs", "/run/pcscd", "tmpfs", 0, NULL) == 0) {
        demo_say(demo, "(pcscd gets a /run/pcscd of its own: no other pcscd is met)");
        return true;
    }
    if (pcsc_list_readers(&list, NULL)) {
        return fault_set(fault, "a pcscd runs on this machine, and no mount namespace can be made "
                                "to be apart from it: stop it, or use 'mooring demo --no-pcscd'");
    }
    return true;
}

static bool pcscd_answers(struct demo *demo)
{
    struct pcsc_reader_list list;

    (void)demo;
    return pcsc_list_readers(&list, NULL) && list.count == DEMO_SLOTS;
}

bool demo_start_pcscd(struct demo *demo, struct fault *fault)
{
    char log[DEMO_PATH + 64];
    char conf[DEMO_PATH + 64];
    const char *const argv[] = {"pcscd", "--foreground", "--config", conf, NULL};

    demo_path(demo, "pcscd.log", log);
    demo_path(demo, "reader.conf.d", conf);
    if (!write_reader_conf(demo, fault) || !make_private_run(demo, fault)) {
        return false;
    }
    demo->pcscd = process_start(demo->folder, argv, log, fault);
    if (demo->pcscd < 0) {
        return false;
    }
    if (!wait_ready(demo, demo->pcscd, pcscd_answers)) {
        return fault_set(fault, "pcscd did not start with our readers; its log is %s", log);
    }
    demo_say(demo, "$ pcscd --foreground --config reader.conf.d   (in the background, with "
                   "libifdmooring.so)");
    return true;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

bool demo_close(struct demo *demo)
{
    (void)process_stop(demo->pcscd);
    bool in_order = process_stop(demo->home) == 0;

    if (demo->own_folder) {
        (void)nftw(demo->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    text_free(&demo->transcript);
    text_free(&demo->output);
    return in_order;
}

static void add_log(struct demo *demo, const char *name, struct text *all)
{
    struct file_content log;
    char path[DEMO_PATH + 64];

    demo_path(demo, name, path);
    if (file_read(path, LOG_MAX, &log, NULL)) {
        text_add(all, (const char *)log.data, log.size);
        file_content_free(&log);
    }
}

/* Looks for the octets in hexadecimal, in either case. */
static bool appears(const struct text *all, const uint8_t *octets, size_t n)
{
    char hex[2 * 16 + 1];

    hex_encode(octets, n, hex);
    return all->data != NULL && strcasestr(all->data, hex) != NULL;
}

bool demo_secrets_kept(struct demo *demo, struct fault *fault)
{
    char batch_path[DEMO_PATH + 64];
    char key_path[DEMO_PATH + 64];
    struct batch batch = {0};
    struct text all = {0};
    bool kept = true;

    demo_path(demo, "batch/batch.json", batch_path);
    demo_path(demo, "transport.key", key_path);
    struct keyring *keyring = keyring_open(key_path, fault);
    if (keyring == NULL || !batch_file_read(batch_path, keyring, &batch, fault)) {
        keyring_close(keyring);
        return false;
    }
    text_add(&all, demo->transcript.data, demo->transcript.len);
    add_log(demo, "home.log", &all);
    add_log(demo, "pcscd.log", &all);
    for (size_t i = 0; i < batch.count && kept; i++) {
        const struct card_secrets *secrets = &batch.cards[i].secrets;

        kept = !appears(&all, secrets->credentials.k, 16) &&
               !appears(&all, secrets->credentials.opc, 16) &&
               !appears(&all, secrets->adm1, sizeof secrets->adm1);
    }
    (void)printf("no K, OPc or ADM of the %zu UICCs is in the %zu octets printed and logged: %s\n",
                 batch.count, all.len, kept ? "ok" : "failed");
    text_free(&all);
    batch_free(&batch);
    keyring_close(keyring);
    return kept || fault_set(fault, "a secret was printed or logged");
}
