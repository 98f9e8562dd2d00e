//! `System.Diagnostics`: debuggers and event tracing. There is neither.

#[unsafe(export_name = "System.Diagnostics.Debugger::get_IsAttached():System.Boolean")]
extern "C" fn debugger_attached() -> i32 {
    0
}

#[unsafe(export_name = "System.Diagnostics.Debugger::IsLogging():System.Boolean")]
extern "C" fn debugger_logging() -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn DebugDebugger_Launch() -> i32 {
    0
}

#[unsafe(no_mangle)]
extern "C" fn DebugDebugger_Log(_level: i32, _category: *const u16, _message: *const u16) {}

#[unsafe(export_name = "System.Diagnostics.Debugger::BreakInternal():System.Void")]
extern "C" fn debugger_break() {
    kiln_pal::process::break_into_debugger();
}

#[unsafe(no_mangle)]
extern "C" fn IsEventSourceLoggingEnabled() -> i32 {
    0
}
