import Foundation
import IwinvCatalog
import RunEngine
import RunStore
import ScriptHost
import SettingsEditing

/// Something that the person must put right before anything can start, and with which code the process ends.
struct UsageError: Error, CustomStringConvertible {
    let text: TerminalText
    let status: ExitStatus
    /// Which of the things that `doctor` looks at it is about; nil for the account.
    var subject: Finding.Subject?
    /// The file that it is about, where that is not read.
    var file: FileRefusal?

    init(_ text: TerminalText, _ status: ExitStatus = .usage) {
        self.text = text
        self.status = status
    }

    /// What a part of the program has met, in the words that it has for it.
    init(_ error: any Error) { self.init("\(error)", as: error) }

    /// In other words.
    init(_ text: TerminalText, as error: any Error) {
        self.init(text, ExitStatus(of: error) ?? .usage)
        subject = (error as? UsageError)?.subject ?? (error is StoreError ? .store : nil)
        file = (error as? UsageError)?.file
    }

    /// What the system has said of a path. One that was mistyped is no fault of the machine.
    init(_ text: TerminalText, system code: Int32) { self.init(text, ExitStatus(system: code)) }

    var description: String { text.written }
}

/// Which errors mean which exit code. Where nothing else decides, this does.
extension ExitStatus {
    /// Nil for an error that says nothing of it.
    init?(of error: any Error) {
        switch error {
        case let error as UsageError: self = error.status
        case let error as RunRefusal: self = error.kind == .denied ? .denied : .usage
        case let error as StoreError: self.init(of: error.code)
        case let error as CloudError: self.init(of: error.kind)
        case let error as TapeProblem: self = error.hasNoScript ? .usage : .machine
        case InputBytes.Problem.system(let code): self.init(system: code)
        case is InputBytes.Problem: self = .usage
        case is FileRefusal, is SettingsText.Problem: self = .machine
        case is CancellationError: self = .interrupted
        case let error as NSError where error.isSystems: self.init(system: error.systemCode)
        default: return nil
        }
    }

    private init(of code: StoreError.Code) {
        switch code {
        // Names that the person has given.
        case .unknownRun, .ambiguousRun, .runExists, .runOver, .unknownSchedule, .scheduleExists, .schedulePaused:
            self = .usage
        case .claimed: self = .denied
        case .stopRequested: self = .interrupted
        case .unwritable, .diskFull, .corrupt, .busy, .newer, .older, .altered, .runHeld, .leaseHeld, .leaseLost,
            .moved,
            .other:
            self = .machine
        }
    }

    private init(of kind: CloudError.Kind) {
        switch kind {
        case .api, .network: self = .refused
        case .denied, .limit: self = .denied
        case .machine: self = .machine
        case .invalid: self = .usage
        case .cancelled: self = .interrupted
        }
    }

    /// Of a path that leads nowhere there is a better one; for the rest the machine must be put right.
    init(system code: Int32) {
        self = [ENOENT, ENOTDIR, EISDIR, ENAMETOOLONG].contains(code) ? .usage : .machine
    }
}

extension NSError {
    /// Whether the system or Foundation has made it.
    var isSystems: Bool { [NSPOSIXErrorDomain, NSCocoaErrorDomain].contains(domain) }

    /// The system's number for it, behind what Foundation makes of it; 0 if there is none.
    var systemCode: Int32 {
        if domain == NSPOSIXErrorDomain { return Int32(clamping: code) }
        if let inner = userInfo[NSUnderlyingErrorKey] as? NSError { return inner.systemCode }
        switch CocoaError.Code(rawValue: code) {
        case .fileNoSuchFile, .fileReadNoSuchFile: return ENOENT
        default: return 0
        }
    }
}
