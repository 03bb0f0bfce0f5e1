// Martlet's own calls as exports, in the order of `ProgramABI.martlet`: the thread first, then the call's parameters.

import ABI
import LibOS

@_expose(wasm, "process_spawn") @_cdecl("martlet_process_spawn")
func processSpawn(
    _ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: UInt32
) -> Int32 {
    State.libOS.processSpawn(ThreadID(rawValue: thread), a, b, c, d, e, f, g, h, host: &State.port)
}

@_expose(wasm, "process_wait") @_cdecl("martlet_process_wait")
func processWait(_ thread: Int32, _ a: Int32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> Int32 {
    State.libOS.processWait(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "process_kill") @_cdecl("martlet_process_kill")
func processKill(_ thread: Int32, _ a: Int32, _ b: UInt32) -> Int32 {
    State.libOS.processKill(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "process_id") @_cdecl("martlet_process_id")
func processId(_ thread: Int32) -> Int32 {
    State.libOS.processID(ThreadID(rawValue: thread))
}

@_expose(wasm, "process_parent_id") @_cdecl("martlet_process_parent_id")
func processParentId(_ thread: Int32) -> Int32 {
    State.libOS.processParentID(ThreadID(rawValue: thread))
}

@_expose(wasm, "process_group_get") @_cdecl("martlet_process_group_get")
func processGroupGet(_ thread: Int32, _ a: Int32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.processGroupGet(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "process_group_set") @_cdecl("martlet_process_group_set")
func processGroupSet(_ thread: Int32, _ a: Int32, _ b: Int32) -> Int32 {
    State.libOS.processGroupSet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "process_list") @_cdecl("martlet_process_list")
func processList(_ thread: Int32, _ a: Int32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> Int32 {
    State.libOS.processList(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "process_session_create") @_cdecl("martlet_process_session_create")
func processSessionCreate(_ thread: Int32) -> Int32 {
    State.libOS.processSessionCreate(ThreadID(rawValue: thread), host: &State.port)
}

@_expose(wasm, "signal_disposition") @_cdecl("martlet_signal_disposition")
func signalDisposition(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.signalDisposition(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "signal_action") @_cdecl("martlet_signal_action")
func signalAction(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.signalAction(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "signal_mask") @_cdecl("martlet_signal_mask")
func signalMask(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.signalMask(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "signal_pending") @_cdecl("martlet_signal_pending")
func signalPending(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.signalPending(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "signal_suspend") @_cdecl("martlet_signal_suspend")
func signalSuspend(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.signalSuspend(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "signal_wait") @_cdecl("martlet_signal_wait")
func signalWait(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt64) -> Int32 {
    State.libOS.signalWait(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "signal_queue") @_cdecl("martlet_signal_queue")
func signalQueue(_ thread: Int32, _ a: Int32, _ b: UInt32, _ c: UInt64) -> Int32 {
    State.libOS.signalQueue(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "alarm_set") @_cdecl("martlet_alarm_set")
func alarmSet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.alarmSet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "signal_take") @_cdecl("martlet_signal_take")
func signalTake(_ thread: Int32, _ a: UInt32) -> Int32 {
    State.libOS.signalTake(ThreadID(rawValue: thread), a, host: &State.port)
}

@_expose(wasm, "pipe_create") @_cdecl("martlet_pipe_create")
func pipeCreate(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.pipeCreate(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "descriptor_duplicate") @_cdecl("martlet_descriptor_duplicate")
func descriptorDuplicate(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.descriptorDuplicate(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "descriptor_duplicate_to") @_cdecl("martlet_descriptor_duplicate_to")
func descriptorDuplicateTo(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.descriptorDuplicateTo(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "directory_change") @_cdecl("martlet_directory_change")
func directoryChange(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.directoryChange(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "directory_current") @_cdecl("martlet_directory_current")
func directoryCurrent(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.directoryCurrent(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "mask_set") @_cdecl("martlet_mask_set")
func maskSet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.maskSet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "path_status") @_cdecl("martlet_path_status")
func pathStatus(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32) -> Int32 {
    State.libOS.pathStatus(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "descriptor_status") @_cdecl("martlet_descriptor_status")
func descriptorStatus(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.descriptorStatus(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "path_mode_set") @_cdecl("martlet_path_mode_set")
func pathModeSet(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32) -> Int32 {
    State.libOS.pathModeSet(ThreadID(rawValue: thread), a, b, c, d, e, host: &State.port)
}

@_expose(wasm, "path_owner_set") @_cdecl("martlet_path_owner_set")
func pathOwnerSet(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt32) -> Int32 {
    State.libOS.pathOwnerSet(ThreadID(rawValue: thread), a, b, c, d, e, f, host: &State.port)
}

@_expose(wasm, "path_access") @_cdecl("martlet_path_access")
func pathAccess(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> Int32 {
    State.libOS.pathAccess(ThreadID(rawValue: thread), a, b, c, d, host: &State.port)
}

@_expose(wasm, "descriptor_lock") @_cdecl("martlet_descriptor_lock")
func descriptorLock(
    _ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: Int64, _ g: Int64, _ h: UInt32
) -> Int32 {
    State.libOS.descriptorLock(ThreadID(rawValue: thread), a, b, c, d, e, f, g, h, host: &State.port)
}

@_expose(wasm, "terminal_attributes_get") @_cdecl("martlet_terminal_attributes_get")
func terminalAttributesGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.terminalAttributesGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "terminal_attributes_set") @_cdecl("martlet_terminal_attributes_set")
func terminalAttributesSet(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.terminalAttributesSet(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "terminal_size_get") @_cdecl("martlet_terminal_size_get")
func terminalSizeGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.terminalSizeGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "terminal_size_set") @_cdecl("martlet_terminal_size_set")
func terminalSizeSet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.terminalSizeSet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "terminal_foreground_get") @_cdecl("martlet_terminal_foreground_get")
func terminalForegroundGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.terminalForegroundGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "terminal_foreground_set") @_cdecl("martlet_terminal_foreground_set")
func terminalForegroundSet(_ thread: Int32, _ a: UInt32, _ b: Int32) -> Int32 {
    State.libOS.terminalForegroundSet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "terminal_session_get") @_cdecl("martlet_terminal_session_get")
func terminalSessionGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.terminalSessionGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "terminal_control") @_cdecl("martlet_terminal_control")
func terminalControl(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.terminalControl(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "pseudo_terminal_get") @_cdecl("martlet_pseudo_terminal_get")
func pseudoTerminalGet(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.pseudoTerminalGet(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "mount") @_cdecl("martlet_mount")
func mount(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ e: UInt32, _ f: UInt32) -> Int32 {
    State.libOS.mount(ThreadID(rawValue: thread), a, b, c, d, e, f, host: &State.port)
}

@_expose(wasm, "unmount") @_cdecl("martlet_unmount")
func unmount(_ thread: Int32, _ a: UInt32, _ b: UInt32) -> Int32 {
    State.libOS.unmount(ThreadID(rawValue: thread), a, b, host: &State.port)
}

@_expose(wasm, "mount_list") @_cdecl("martlet_mount_list")
func mountList(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.mountList(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}

@_expose(wasm, "system_name") @_cdecl("martlet_system_name")
func systemName(_ thread: Int32, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int32 {
    State.libOS.systemName(ThreadID(rawValue: thread), a, b, c, host: &State.port)
}
