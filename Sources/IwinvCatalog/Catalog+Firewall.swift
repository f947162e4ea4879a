// Firewalls over both path families (CONTRACT 3.9). Scripts speak the language of the newer one; a client that is told
// to use the older translates.

extension Catalog {
    static let securityGroups: [CloudOperation] = groups + groupRules + groupMembers

    private static let groups: [CloudOperation] = [
        group(
            "list", "list_security_groups", .live, .get, "", [], .read, .rows(.securityGroup),
            paging: Paging(defaultSize: 50, hasTotal: false),
            LocalizedText("Firewalls (security groups).", "방화벽(보안 그룹) 목록입니다.")),
        group(
            "get", "get_security_group", .live, .get, "/{firewall_id}", [.firewall], .read, .single(.securityGroup),
            absence: .emptyResult, LocalizedText("One firewall, without its rules.", "방화벽 하나를 조회합니다(규칙 제외).")),
        group(
            "create", "create_security_group", .live, .post, "", [.firewallTitle, .firewallContent, .icmp], .create,
            .single(.securityGroup), undo: .by("firewall.delete"), body: .json,
            witness: Witness("firewall.list", shows: .newRow(["title"])),
            LocalizedText("Makes a firewall without rules. It costs nothing.", "규칙 없는 방화벽을 만듭니다. 무료입니다.")),
        group(
            "edit", "edit_security_group", .live, .put, "/{firewall_id}",
            [.firewall, .firewallTitle, .firewallContent.optional, .icmp], .edit, .single(.securityGroup),
            absence: .invalidIdentifier, undo: .restoring, body: .json,
            witness: Witness("firewall.get", shows: .fields),
            LocalizedText("Changes a firewall's title, text or ICMP flag.", "방화벽의 제목, 설명, ICMP 허용을 바꿉니다.")),
        group(
            "delete", "delete_security_group", .live, .delete, "/{firewall_id}", [.firewall], .destroy,
            .acknowledgement(.firewallReply), absence: .invalidIdentifier, undo: .impossible,
            witness: Witness("firewall.get", shows: .absence),
            LocalizedText("Deletes a firewall with all its rules.", "방화벽과 모든 규칙을 삭제합니다.")),
    ]

    private static let groupMembers: [CloudOperation] = [
        group(
            "instances", "list_security_group_instances", .request, .get, "/{firewall_id}/instances", [.firewall],
            .read, .rows(.firewallInstance),
            LocalizedText("Servers that a firewall protects.", "방화벽이 적용된 서버 목록입니다.")),
        group(
            "attach", "attach_security_group", .request, .post, "/{firewall_id}/attach", [.firewall, .member], .edit,
            .acknowledgement(.firewallReply), absence: .invalidIdentifier, undo: .by("firewall.detach"), body: .json,
            undoLoses: LocalizedText("the firewall that the server had before, if any", "서버에 있던 이전 방화벽"),
            witness: Witness("firewall.instances", shows: .listed("instance_id")), partner: "instance_id",
            LocalizedText(
                "Puts a server behind a firewall; assumed to replace the one it had.",
                "서버에 방화벽을 적용합니다. 기존 방화벽은 바뀌는 것으로 추정됩니다.")),
        group(
            "detach", "detach_security_group", .request, .post, "/{firewall_id}/detach", [.firewall, .member], .edit,
            .acknowledgement(.firewallReply), absence: .invalidIdentifier, undo: .by("firewall.attach"), body: .json,
            witness: Witness("firewall.instances", shows: .notListed("instance_id")), partner: "instance_id",
            LocalizedText(
                "Takes a server out from behind a firewall: its filtering ends.", "서버에서 방화벽을 해제합니다. 필터링이 끝납니다.")),
    ]

    private static let groupRules: [CloudOperation] = [
        group(
            "rules.list", "list_security_group_rules", .live, .get, "/{firewall_id}/rules", [.firewall], .read,
            .rows(.firewallRule), LocalizedText("All rules of a firewall.", "방화벽의 모든 규칙입니다.")),
        group(
            "rules.add", "create_security_group_rule", .live, .post, "/{firewall_id}/rules",
            [.firewall] + Parameter.rule(isWhole: true), .edit, .single(.firewallRule),
            undo: .by("firewall.rules.remove"),
            body: .json,
            witness: Witness(
                "firewall.rules.list", shows: .uniqueRow(["bound", "protocol", "port", "ip", "title", "content"])),
            LocalizedText("Adds a rule. An equal one is refused.", "규칙을 추가합니다. 같은 규칙은 거부됩니다.")),
        group(
            "rules.edit", "edit_security_group_rule", .live, .put, "/{firewall_id}/rules/{rule_id}",
            [.firewall, .ruleID] + Parameter.rule(isWhole: false), .edit, .single(.firewallRule),
            absence: .invalidIdentifier, undo: .restoring, body: .json,
            witness: Witness("firewall.rules.list", shows: .fields), partner: "rule_id", part: "rule_id",
            LocalizedText("Changes a rule; what is not given stays.", "규칙을 바꿉니다. 지정하지 않은 항목은 유지됩니다.")),
        group(
            "rules.remove", "delete_security_group_rule", .live, .delete, "/{firewall_id}/rules/{rule_id}",
            [.firewall, .ruleID], .edit, .acknowledgement(.firewallReply), absence: .invalidIdentifier,
            undo: .by("firewall.rules.add"), witness: Witness("firewall.rules.list", shows: .absence),
            partner: "rule_id", part: "rule_id", LocalizedText("Removes a rule.", "규칙을 삭제합니다.")),
    ]

    /// The older family. Everything about it but the creation is analogy.
    static let firewall: [CloudOperation] = [
        older(
            "list", "list_firewalls", .get, "", [], .read, .rows(.firewall),
            paging: Paging(defaultSize: 50, hasTotal: false), LocalizedText("Firewalls.", "방화벽 목록입니다.")),
        older(
            "get", "get_firewall", .get, "/{firewall_id}", [.firewall], .read, .single(.firewall),
            absence: .emptyResult, LocalizedText("One firewall with its rules.", "방화벽 하나와 규칙을 조회합니다.")),
        older(
            "create", "create_firewall", .post, "", [.firewallTitle, .firewallContent, .icmp, .rules], .create,
            .single(.firewall), evidence: .documented, undo: .by("firewall.delete"), body: .json,
            LocalizedText("Makes a firewall with rules.", "규칙이 있는 방화벽을 만듭니다.")),
        older(
            "edit", "edit_firewall", .put, "/{firewall_id}",
            [.firewall, .firewallTitle, .firewallContent.optional, .icmp, .rules], .edit, .single(.firewall),
            evidence: .request, absence: .invalidIdentifier, undo: .restoring, body: .json,
            LocalizedText(
                "Replaces a firewall: all rules that are not given are removed.",
                "방화벽을 통째로 바꿉니다. 지정하지 않은 규칙은 모두 삭제됩니다.")),
        older(
            "delete", "delete_firewall", .delete, "/{firewall_id}", [.firewall], .destroy,
            .acknowledgement(.firewallReply), absence: .invalidIdentifier, undo: .impossible,
            LocalizedText("Deletes a firewall with all its rules.", "방화벽과 모든 규칙을 삭제합니다.")),
        older(
            "attach", "attach_firewall", .post, "/{firewall_id}/attach", [.firewall, .member], .edit,
            .acknowledgement(.firewallReply), absence: .invalidIdentifier, undo: .by("firewall.detach"), body: .json,
            LocalizedText("Puts a server behind a firewall.", "서버에 방화벽을 적용합니다.")),
        older(
            "detach", "detach_firewall", .post, "/{firewall_id}/detach", [.firewall, .member], .edit,
            .acknowledgement(.firewallReply), absence: .invalidIdentifier, undo: .by("firewall.attach"), body: .json,
            LocalizedText("Takes a server out from behind a firewall.", "서버에서 방화벽을 해제합니다.")),
    ]

    private static func group(
        _ verb: String, _ contractID: String, _ evidence: Evidence, _ method: HTTPMethod, _ path: String,
        _ parameters: [Parameter], _ effect: Effect, _ result: ResultShape, absence: AbsenceRule = .none,
        undo: Undo = .notNeeded, body: BodyEncoding = .none, paging: Paging? = nil, undoLoses: LocalizedText? = nil,
        witness: Witness? = nil, partner: String? = nil, part: String? = nil, _ help: LocalizedText
    ) -> CloudOperation {
        CloudOperation(
            name: OperationName(stringLiteral: "firewall." + verb), contractID: contractID, evidence: evidence,
            family: .securityGroups, method: method, path: PathTemplate(stringLiteral: "/v1/security-groups" + path),
            parameters: parameters, body: body, effect: effect, costsMoney: false, undo: undo, undoLoses: undoLoses,
            retry: effect.isChange ? .once : .read, absence: absence, result: result, paging: paging,
            witness: witness, partner: partner, part: part, help: help)
    }

    private static func older(
        _ verb: String, _ contractID: String, _ method: HTTPMethod, _ path: String, _ parameters: [Parameter],
        _ effect: Effect, _ result: ResultShape, evidence: Evidence = .assumed, absence: AbsenceRule = .none,
        undo: Undo = .notNeeded, body: BodyEncoding = .none, paging: Paging? = nil, _ help: LocalizedText
    ) -> CloudOperation {
        CloudOperation(
            name: OperationName(stringLiteral: "firewall." + verb), contractID: contractID, evidence: evidence,
            family: .firewall, method: method, path: PathTemplate(stringLiteral: "/v1/firewall" + path),
            parameters: parameters, body: body, effect: effect, costsMoney: false, undo: undo,
            retry: effect.isChange ? .once : .read, absence: absence, result: result, paging: paging, help: help)
    }
}

extension Parameter {
    fileprivate static let firewall = Parameter(
        "firewall_id", .identifier, in: .path, required: true,
        help: LocalizedText("The firewall, FIREWALL-…", "방화벽 ID, FIREWALL-…"))

    fileprivate static let ruleID = Parameter(
        "rule_id", .integer(1...Int64.max), in: .path, required: true,
        help: LocalizedText("The rule's number", "규칙 번호"))

    /// The server of an attachment, which stands in the body here.
    fileprivate static let member = Parameter(
        "instance_id", .identifier, in: .body, required: true,
        help: LocalizedText("The server, INSTANCE-…", "서버 ID, INSTANCE-…"))

    fileprivate static let firewallTitle = Parameter(
        "title", .text(length: 4...32, characters: .title), in: .body, required: true,
        help: LocalizedText("4–32 characters", "4~32자"))

    /// Never empty: a creation without it is refused with `CHECK_IP`, and an edit with "" damages the stored text
    /// (CONTRACT 2.2, 3.9). A server takes both.
    fileprivate static let firewallContent = Parameter(
        "content", .text(length: 1...50, characters: .printable), in: .body, required: true,
        tolerance: Tolerance(type: .text(length: 0...50, characters: .printable), isRequired: false),
        help: LocalizedText("What it is for, 1–50 characters", "설명, 1~50자"))

    fileprivate static let icmp = Parameter(
        "icmp", .yesNo, in: .body, help: LocalizedText("Whether ping passes: Y or N", "ICMP 허용: Y 또는 N"))

    fileprivate var optional: Parameter {
        var copy = self
        copy.isRequired = false
        return copy
    }

    /// The keys of a rule: all but `content` for a whole one, none for a change of some.
    fileprivate static func rule(isWhole: Bool, contentLimit: Int = 25) -> [Parameter] {
        [
            .init(
                "bound", .choice(["IN", "OUT"], isOpen: false), in: .body, required: isWhole,
                help: LocalizedText("Direction", "방향")),
            .init(
                "protocol", .choice(["TCP", "UDP"], isOpen: false), in: .body, required: isWhole,
                help: LocalizedText("Protocol; ICMP is a flag of the firewall", "프로토콜(ICMP는 방화벽의 icmp로 설정)")),
            .init(
                "port", .ports, in: .body, required: isWhole,
                help: LocalizedText("8080, or a range 8000-8010", "포트 8080 또는 범위 8000-8010")),
            .init(
                "ip", .addressRange, in: .body, required: isWhole,
                help: LocalizedText("An IPv4 range such as 203.0.113.0/24", "IPv4 대역, 예: 203.0.113.0/24")),
            .init(
                "title", .text(length: 1...25, characters: .title), in: .body, required: isWhole,
                help: LocalizedText("1–25 characters", "1~25자")),
            .init(
                // An edit cannot clear it: "" keeps the old text (CONTRACT 3.9).
                "content", .text(length: 1...contentLimit, characters: .printable), in: .body,
                tolerance: Tolerance(
                    type: .text(length: 0...contentLimit, characters: .printable), isRequired: false),
                help: LocalizedText("At most \(contentLimit) characters", "최대 \(contentLimit)자")),
        ]
    }

    /// The rules of the older family. Its documented example has a text of 37 characters (CONTRACT 3.9).
    fileprivate static let rules = Parameter(
        "rules", .records(Parameter.rule(isWhole: true, contentLimit: 50), count: 0...1000), in: .body,
        help: LocalizedText("All rules", "모든 규칙"))
}
