// Martlet's own calls over the imports.

#if arch(wasm32)

    extension Port {
        private static func withPath(_ path: [UInt8], _ body: (UnsafePointer<UInt8>?, Int32) -> Int32) -> Code {
            Code(path.withUnsafeBufferPointer { body($0.baseAddress, Int32($0.count)) })
        }

        private static func fill(
            _ buffer: inout [UInt8], _ length: inout Int,
            _ body: (UnsafeMutablePointer<UInt8>?, Int32, UnsafeMutablePointer<UInt32>) -> Int32
        ) -> Code {
            var result: UInt32 = 0
            let code = buffer.withUnsafeMutableBufferPointer { body($0.baseAddress, Int32($0.count), &result) }
            length = Int(result)
            return Code(code)
        }

        /// Starts `path` with an encoded spawn block. On failure `reason` may hold a text for people.
        package static func spawn(_ path: [UInt8], _ block: [UInt8], _ process: inout Int32, _ reason: inout [UInt8]) -> Code {
            var result: Int32 = 0
            var text = [UInt8](repeating: 0, count: 1024)
            var length = 0
            let code = withPath(path) { path, pathLength in
                block.withUnsafeBufferPointer { block in
                    Int32(
                        fill(&text, &length) {
                            process_spawn(path, pathLength, block.baseAddress, Int32(block.count), &result, $0, $1, $2)
                        })
                }
            }
            process = result
            reason = code == 0 ? [] : Array(text[0..<min(length, text.count)])
            return code
        }

        package static func wait(_ target: Int32, _ flags: UInt32, _ process: inout Int32, _ status: inout UInt32) -> Code {
            Code(process_wait(target, Int32(bitPattern: flags), &process, &status))
        }

        package static func kill(_ target: Int32, _ signal: UInt8) -> Code { Code(process_kill(target, Int32(signal))) }
        package static func processID() -> Int32 { process_id() }
        package static func parentID() -> Int32 { process_parent_id() }

        package static func processGroup(_ process: Int32, _ group: inout Int32, _ session: inout Int32) -> Code {
            Code(process_group_get(process, &group, &session))
        }

        package static func setProcessGroup(_ process: Int32, _ group: Int32) -> Code { Code(process_group_set(process, group)) }

        package static func processList(_ after: Int32, _ buffer: inout [UInt8], _ length: inout Int) -> Code {
            fill(&buffer, &length) { process_list(after, $0, $1, $2) }
        }

        package static func setDisposition(_ signal: UInt8, _ disposition: UInt8) -> Code {
            Code(signal_disposition(Int32(signal), Int32(disposition)))
        }

        package static func takeSignals(_ set: inout UInt64) -> Code { Code(signal_take(&set)) }

        package static func pipe(_ readEnd: inout Int32, _ writeEnd: inout Int32, _ flags: UInt16) -> Code {
            Code(pipe_create(&readEnd, &writeEnd, Int32(flags)))
        }

        package static func duplicate(_ descriptor: Int32, _ least: Int32, _ result: inout Int32) -> Code {
            Code(descriptor_duplicate(descriptor, least, &result))
        }

        package static func duplicate(_ descriptor: Int32, to new: Int32) -> Code { Code(descriptor_duplicate_to(descriptor, new)) }

        package static func changeDirectory(_ path: [UInt8]) -> Code { withPath(path) { directory_change($0, $1) } }

        package static func currentDirectory(_ buffer: inout [UInt8], _ length: inout Int) -> Code {
            fill(&buffer, &length) { directory_current($0, $1, $2) }
        }

        package static func setMask(_ mask: UInt32, _ old: inout UInt32) -> Code { Code(mask_set(Int32(bitPattern: mask), &old)) }

        /// `buffer` has `Number.Size.status` bytes.
        package static func status(_ directory: Int32, _ path: [UInt8], follow: Bool, _ buffer: inout [UInt8]) -> Code {
            withPath(path) { path, length in
                buffer.withUnsafeMutableBufferPointer { path_status(directory, lookUp(follow), path, length, $0.baseAddress) }
            }
        }

        package static func status(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Code {
            Code(buffer.withUnsafeMutableBufferPointer { descriptor_status(descriptor, $0.baseAddress) })
        }

        package static func setMode(_ directory: Int32, _ path: [UInt8], _ mode: UInt16) -> Code {
            withPath(path) { path_mode_set(directory, lookUp(true), $0, $1, Int32(mode)) }
        }

        package static func setOwner(_ directory: Int32, _ path: [UInt8], follow: Bool, _ user: UInt32, _ group: UInt32) -> Code {
            withPath(path) {
                path_owner_set(directory, lookUp(follow), $0, $1, Int32(bitPattern: user), Int32(bitPattern: group))
            }
        }

        /// Bits 4 read, 2 write, 1 execute.
        package static func access(_ directory: Int32, _ path: [UInt8], _ bits: UInt8) -> Code {
            withPath(path) { path_access(directory, $0, $1, Int32(bits)) }
        }

        /// `buffer` has `Number.Size.terminalAttributes` bytes.
        package static func terminalAttributes(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Code {
            Code(buffer.withUnsafeMutableBufferPointer { terminal_attributes_get(descriptor, $0.baseAddress) })
        }

        package static func setTerminalAttributes(_ descriptor: Int32, _ action: UInt8, _ attributes: [UInt8]) -> Code {
            Code(attributes.withUnsafeBufferPointer { terminal_attributes_set(descriptor, Int32(action), $0.baseAddress) })
        }

        /// Rows, columns, width and height.
        package static func terminalSize(_ descriptor: Int32, _ size: inout [UInt16]) -> Code {
            var result: [UInt16] = [0, 0, 0, 0]
            let code = result.withUnsafeMutableBufferPointer { terminal_size_get(descriptor, $0.baseAddress) }
            size = result
            return Code(code)
        }

        package static func setTerminalSize(_ descriptor: Int32, _ size: [UInt16]) -> Code {
            Code(size.withUnsafeBufferPointer { terminal_size_set(descriptor, $0.baseAddress) })
        }

        package static func terminalForeground(_ descriptor: Int32, _ group: inout Int32) -> Code {
            Code(terminal_foreground_get(descriptor, &group))
        }

        package static func setTerminalForeground(_ descriptor: Int32, _ group: Int32) -> Code {
            Code(terminal_foreground_set(descriptor, group))
        }

        package static func terminalSession(_ descriptor: Int32, _ session: inout Int32) -> Code {
            Code(terminal_session_get(descriptor, &session))
        }

        package static func terminalControl(_ descriptor: Int32, _ command: UInt8) -> Code {
            Code(terminal_control(descriptor, Int32(command)))
        }

        package static func pseudoTerminal(_ descriptor: Int32, _ number: inout UInt32) -> Code {
            Code(pseudo_terminal_get(descriptor, &number))
        }

        package static func mount(_ target: [UInt8], _ type: [UInt8], _ options: [UInt8]) -> Code {
            withPath(target) { target, targetLength in
                type.withUnsafeBufferPointer { type in
                    options.withUnsafeBufferPointer { options in
                        mount_call(
                            target, targetLength, type.baseAddress, Int32(type.count), options.baseAddress, Int32(options.count))
                    }
                }
            }
        }

        package static func unmount(_ target: [UInt8]) -> Code { withPath(target) { unmount_call($0, $1) } }

        package static func mountList(_ buffer: inout [UInt8], _ length: inout Int) -> Code {
            fill(&buffer, &length) { mount_list($0, $1, $2) }
        }

        package static func systemName(_ buffer: inout [UInt8], _ length: inout Int) -> Code {
            fill(&buffer, &length) { system_name($0, $1, $2) }
        }
    }

#endif
