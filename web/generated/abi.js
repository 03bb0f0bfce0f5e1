// @ts-check
// Written by `swift run abigen` from Sources/ABI. Not to be edited.

/** The header of a message: its size, its version and the offsets of its fields, in bytes. */
export const Header = Object.freeze({
  size: 48,
  version: 1,
  kind: 0,
  versionAt: 1,
  operation: 2,
  argument: 4,
  request: 8,
  payloadLength: 12,
  stamp: 16,
  stampSize: 20,
  reserved: 36,
  time: 40,
});

/** What a message is. */
export const MessageKind = Object.freeze({
  request: 1,
  reply: 2,
  notice: 3,
});

/** Every operation that a message can name. */
export const Operation = Object.freeze({
  cancel: 0x0001,
  last: 0x0002,
  ready: 0x0003,
  openConnection: 0x0101,
  closeConnection: 0x0102,
  setStamp: 0x0103,
  endProgram: 0x0104,
  startProgram: 0x0201,
  signal: 0x0202,
  parentChanged: 0x0203,
  connectionLost: 0x0204,
  createHart: 0x0301,
  endHart: 0x0302,
  hartGone: 0x0303,
  consoleMessage: 0x0304,
  panic: 0x0305,
  booted: 0x0306,
  halted: 0x0307,
  spawn: 0x0401,
  exit: 0x0402,
  wait: 0x0403,
  kill: 0x0404,
  setProcessGroup: 0x0405,
  processStatus: 0x0406,
  setDisposition: 0x0407,
  processes: 0x0408,
  connect: 0x0409,
  path: 0x0501,
  rename: 0x0502,
  link: 0x0503,
  location: 0x0504,
  mount: 0x0505,
  unmount: 0x0506,
  mounts: 0x0507,
  register: 0x0601,
  share: 0x0602,
  processGone: 0x0603,
  openDevice: 0x0604,
  signalGroup: 0x0605,
  drop: 0x0606,
  fault: 0x0607,
  foreground: 0x0608,
  setControllingTerminal: 0x0609,
  groupSignaled: 0x060a,
  walk: 0x0701,
  renameNode: 0x0702,
  linkNode: 0x0703,
  setMountPoint: 0x0704,
  createFileSystem: 0x0705,
  destroyFileSystem: 0x0706,
  locate: 0x0707,
  fileSystemOf: 0x0708,
  read: 0x0801,
  write: 0x0802,
  seek: 0x0803,
  status: 0x0804,
  setSize: 0x0805,
  setTimes: 0x0806,
  sync: 0x0807,
  allocate: 0x0808,
  readDirectory: 0x0809,
  close: 0x080a,
  setDescriptionFlags: 0x080b,
  poll: 0x080c,
  createPipe: 0x0901,
  getTerminalAttributes: 0x0a01,
  setTerminalAttributes: 0x0a02,
  getWindowSize: 0x0a03,
  setWindowSize: 0x0a04,
  getForegroundGroup: 0x0a05,
  setForegroundGroup: 0x0a06,
});

/** The errors; 0 is success. */
export const Errno = Object.freeze({
  success: 0,
  argumentListTooLong: 1,
  permissionDenied: 2,
  addressInUse: 3,
  addressNotAvailable: 4,
  addressFamilyNotSupported: 5,
  resourceTemporarilyUnavailable: 6,
  alreadyInProgress: 7,
  badFileDescriptor: 8,
  badMessage: 9,
  resourceBusy: 10,
  canceled: 11,
  noChildProcess: 12,
  connectionAbort: 13,
  connectionRefused: 14,
  connectionReset: 15,
  deadlock: 16,
  destinationAddressRequired: 17,
  numericalArgumentOutOfDomain: 18,
  diskQuotaExceeded: 19,
  fileExists: 20,
  badAddress: 21,
  fileTooLarge: 22,
  noRouteToHost: 23,
  identifierRemoved: 24,
  illegalByteSequence: 25,
  operationInProgress: 26,
  interrupted: 27,
  invalidArgument: 28,
  ioError: 29,
  socketIsConnected: 30,
  isDirectory: 31,
  tooManySymbolicLinkLevels: 32,
  tooManyOpenFiles: 33,
  tooManyLinks: 34,
  messageTooLong: 35,
  multiHop: 36,
  fileNameTooLong: 37,
  networkDown: 38,
  networkReset: 39,
  networkUnreachable: 40,
  tooManyOpenFilesInSystem: 41,
  noBufferSpace: 42,
  operationNotSupportedByDevice: 43,
  noSuchFileOrDirectory: 44,
  execFormatError: 45,
  noLocks: 46,
  linkSevered: 47,
  notEnoughMemory: 48,
  noMessage: 49,
  protocolNotAvailable: 50,
  noSpace: 51,
  functionNotImplemented: 52,
  socketNotConnected: 53,
  notDirectory: 54,
  directoryNotEmpty: 55,
  notRecoverable: 56,
  notSocket: 57,
  notSupported: 58,
  inappropriateIOControl: 59,
  noSuchAddressOrDevice: 60,
  overflow: 61,
  previousOwnerDied: 62,
  notPermitted: 63,
  brokenPipe: 64,
  protocolError: 65,
  protocolNotSupported: 66,
  protocolWrongTypeForSocket: 67,
  resultTooLarge: 68,
  readOnlyFileSystem: 69,
  illegalSeek: 70,
  noSuchProcess: 71,
  staleFileHandle: 72,
  timedOut: 73,
  textFileBusy: 74,
  improperLink: 75,
  notCapable: 76,
});

/** The bounds of the system. */
export const Limits = Object.freeze({
  payload: 1048576,
  transfer: 1048512,
  credits: 16,
  creditBytes: 4194304,
  connections: 4096,
  path: 4096,
  name: 255,
  image: 536870912,
});

/** The signals that a hart or the page names. */
export const Signal = Object.freeze({
  hangUp: 1,
  interrupt: 2,
  quit: 3,
  illegalInstruction: 4,
  abort: 6,
  arithmetic: 8,
  kill: 9,
  segmentation: 11,
  terminate: 15,
  badSystemCall: 31,
});

/** What a server and the page say to each other. */
export const DeviceOperation = Object.freeze({
  consoleWrite: 1,
  consoleInput: 2,
  consoleTaken: 3,
  consoleSize: 4,
  fetch: 5,
  pageSend: 6,
  pageReceive: 7,
  pageClosed: 8,
});

/** Bits: the device calls that a server's hart serves. */
export const DeviceGrant = Object.freeze({
  console: 1,
  fetch: 2,
  page: 4,
});

/** What runs in a hart. */
export const HartRole = Object.freeze({
  server: 1,
  program: 2,
});

/** Why a hart is gone. */
export const EndReason = Object.freeze({
  ordered: 1,
  trap: 2,
  failed: 3,
  silent: 4,
});

/** How a program ended. */
export const EndKind = Object.freeze({
  exited: 0,
  signaled: 1,
});

/** What a call of the libOS answers when it has to wait for the next message. */
export const PENDING = -1;
/** What it answers when the hart has to go through its event loop first. */
export const YIELD = -2;

/**
 * One function that a program may import.
 * @typedef {object} ProgramCall
 * @property {string} name import name, and the libOS export's, which takes the thread id first
 * @property {string} parameters one letter each: `i` i32, `I` i64
 * @property {boolean} hasResult whether it has an i32 result
 * @property {boolean} mayWait whether it may wait
 */

/**
 * Import module → the calls that a program may import from it.
 * @type {Readonly<Record<string, readonly ProgramCall[]>>}
 */
export const programCalls = Object.freeze({
  wasi_snapshot_preview1: Object.freeze([
    { name: "args_get", parameters: "ii", hasResult: true, mayWait: false },
    { name: "args_sizes_get", parameters: "ii", hasResult: true, mayWait: false },
    { name: "environ_get", parameters: "ii", hasResult: true, mayWait: false },
    { name: "environ_sizes_get", parameters: "ii", hasResult: true, mayWait: false },
    { name: "clock_res_get", parameters: "ii", hasResult: true, mayWait: false },
    { name: "clock_time_get", parameters: "iIi", hasResult: true, mayWait: false },
    { name: "fd_advise", parameters: "iIIi", hasResult: true, mayWait: false },
    { name: "fd_allocate", parameters: "iII", hasResult: true, mayWait: true },
    { name: "fd_close", parameters: "i", hasResult: true, mayWait: true },
    { name: "fd_datasync", parameters: "i", hasResult: true, mayWait: true },
    { name: "fd_fdstat_get", parameters: "ii", hasResult: true, mayWait: false },
    { name: "fd_fdstat_set_flags", parameters: "ii", hasResult: true, mayWait: true },
    { name: "fd_fdstat_set_rights", parameters: "iII", hasResult: true, mayWait: false },
    { name: "fd_filestat_get", parameters: "ii", hasResult: true, mayWait: true },
    { name: "fd_filestat_set_size", parameters: "iI", hasResult: true, mayWait: true },
    { name: "fd_filestat_set_times", parameters: "iIIi", hasResult: true, mayWait: true },
    { name: "fd_pread", parameters: "iiiIi", hasResult: true, mayWait: true },
    { name: "fd_prestat_get", parameters: "ii", hasResult: true, mayWait: true },
    { name: "fd_prestat_dir_name", parameters: "iii", hasResult: true, mayWait: false },
    { name: "fd_pwrite", parameters: "iiiIi", hasResult: true, mayWait: true },
    { name: "fd_read", parameters: "iiii", hasResult: true, mayWait: true },
    { name: "fd_readdir", parameters: "iiiIi", hasResult: true, mayWait: true },
    { name: "fd_renumber", parameters: "ii", hasResult: true, mayWait: true },
    { name: "fd_seek", parameters: "iIii", hasResult: true, mayWait: true },
    { name: "fd_sync", parameters: "i", hasResult: true, mayWait: true },
    { name: "fd_tell", parameters: "ii", hasResult: true, mayWait: true },
    { name: "fd_write", parameters: "iiii", hasResult: true, mayWait: true },
    { name: "path_create_directory", parameters: "iii", hasResult: true, mayWait: true },
    { name: "path_filestat_get", parameters: "iiiii", hasResult: true, mayWait: true },
    { name: "path_filestat_set_times", parameters: "iiiiIIi", hasResult: true, mayWait: true },
    { name: "path_link", parameters: "iiiiiii", hasResult: true, mayWait: true },
    { name: "path_open", parameters: "iiiiiIIii", hasResult: true, mayWait: true },
    { name: "path_readlink", parameters: "iiiiii", hasResult: true, mayWait: true },
    { name: "path_remove_directory", parameters: "iii", hasResult: true, mayWait: true },
    { name: "path_rename", parameters: "iiiiii", hasResult: true, mayWait: true },
    { name: "path_symlink", parameters: "iiiii", hasResult: true, mayWait: true },
    { name: "path_unlink_file", parameters: "iii", hasResult: true, mayWait: true },
    { name: "poll_oneoff", parameters: "iiii", hasResult: true, mayWait: true },
    { name: "proc_exit", parameters: "i", hasResult: false, mayWait: true },
    { name: "proc_raise", parameters: "i", hasResult: true, mayWait: true },
    { name: "random_get", parameters: "ii", hasResult: true, mayWait: false },
    { name: "sched_yield", parameters: "", hasResult: true, mayWait: true },
    { name: "sock_accept", parameters: "iii", hasResult: true, mayWait: false },
    { name: "sock_recv", parameters: "iiiiii", hasResult: true, mayWait: false },
    { name: "sock_send", parameters: "iiiii", hasResult: true, mayWait: false },
    { name: "sock_shutdown", parameters: "ii", hasResult: true, mayWait: false },
  ]),
  martlet_v1: Object.freeze([
    { name: "process_spawn", parameters: "iiiiiiii", hasResult: true, mayWait: true },
    { name: "process_wait", parameters: "iiii", hasResult: true, mayWait: true },
    { name: "process_kill", parameters: "ii", hasResult: true, mayWait: true },
    { name: "process_id", parameters: "", hasResult: true, mayWait: false },
    { name: "process_parent_id", parameters: "", hasResult: true, mayWait: false },
    { name: "process_group_get", parameters: "iii", hasResult: true, mayWait: true },
    { name: "process_group_set", parameters: "ii", hasResult: true, mayWait: true },
    { name: "process_list", parameters: "iiii", hasResult: true, mayWait: true },
    { name: "signal_disposition", parameters: "ii", hasResult: true, mayWait: true },
    { name: "signal_take", parameters: "i", hasResult: true, mayWait: false },
    { name: "pipe_create", parameters: "iii", hasResult: true, mayWait: true },
    { name: "descriptor_duplicate", parameters: "iii", hasResult: true, mayWait: false },
    { name: "descriptor_duplicate_to", parameters: "ii", hasResult: true, mayWait: true },
    { name: "directory_change", parameters: "ii", hasResult: true, mayWait: true },
    { name: "directory_current", parameters: "iii", hasResult: true, mayWait: true },
    { name: "mask_set", parameters: "ii", hasResult: true, mayWait: false },
    { name: "path_status", parameters: "iiiii", hasResult: true, mayWait: true },
    { name: "descriptor_status", parameters: "ii", hasResult: true, mayWait: true },
    { name: "path_mode_set", parameters: "iiiii", hasResult: true, mayWait: true },
    { name: "path_owner_set", parameters: "iiiiii", hasResult: true, mayWait: true },
    { name: "path_access", parameters: "iiii", hasResult: true, mayWait: true },
    { name: "terminal_attributes_get", parameters: "ii", hasResult: true, mayWait: true },
    { name: "terminal_attributes_set", parameters: "iii", hasResult: true, mayWait: true },
    { name: "terminal_size_get", parameters: "ii", hasResult: true, mayWait: true },
    { name: "terminal_size_set", parameters: "ii", hasResult: true, mayWait: true },
    { name: "terminal_foreground_get", parameters: "ii", hasResult: true, mayWait: true },
    { name: "terminal_foreground_set", parameters: "ii", hasResult: true, mayWait: true },
    { name: "mount", parameters: "iiiiii", hasResult: true, mayWait: true },
    { name: "unmount", parameters: "ii", hasResult: true, mayWait: true },
    { name: "mount_list", parameters: "iii", hasResult: true, mayWait: true },
    { name: "system_name", parameters: "iii", hasResult: true, mayWait: false },
  ]),
});
