import Foundation
import Glibc

/// The folder of the user who runs the program.
enum HomeFolder {
    /// `HOME`, where it is a place: an empty or relative one would mean another folder wherever a command is started. Else
    /// what the system's list of users says.
    static func path(_ environment: [String: String]) -> String {
        if let home = environment["HOME"], home.hasPrefix("/") { return home }
        guard let user = getpwuid(getuid()), let home = user.pointee.pw_dir else { return "/" }
        return String(cString: home)
    }
}
