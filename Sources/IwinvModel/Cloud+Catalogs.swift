import IwinvCatalog

// Zones, flavors, images, user scripts (CONTRACT 3.1 – 3.3, 3.6).

extension Cloud {
    func listFlavors(_ call: Call) -> Answer {
        let arguments = call.arguments
        let bootable = arguments.list("image_id").map { $0.compactMap(image) }
        let found = flavors.filter { flavor in
            arguments.lets(anyOf: flavor.zones, pass: "zone_id") && arguments.lets(flavor.type, pass: "type")
                && arguments.text("image_type").map(flavor.supportingImages.contains) ?? true
                && bootable?.contains(where: { Self.fits(flavor, $0) }) ?? true && flavor.passes(arguments)
        }
        return call.page(found) { project($0, call) }
    }

    /// An unknown flavor is no error but an empty answer (CONTRACT 3.2).
    func getFlavor(_ call: Call) -> Answer {
        let found = flavors.filter { $0.id == call.arguments.text("flavor_id") }
        return call.answer(found.map { project($0, call) })
    }

    private func project(_ flavor: Flavor, _ call: Call) -> JSONValue {
        guard let mask = call.arguments.integer("fields"), let type = call.operation.row else {
            return .object(flavor.row)
        }
        let names = Set(type.names(in: mask))
        return .object(flavor.row.filter { names.contains($0.key) })
    }

    /// - Throws: `CHECK_PARAM_ENUM` for an `os` outside the documented words (CONTRACT U9).
    func listImages(_ call: Call) throws(Refusal) -> Answer {
        let arguments = call.arguments
        var families = arguments.list("os")
        if let words = families {
            guard case .choiceList(let documented, _)? = call.operation.parameter("os")?.type,
                Set(words).isSubset(of: documented)
            else { throw Refusal(.checkParameterEnum) }
            families = words.map { $0 == "almalinux" ? "alma" : $0 }  // CONTRACT U10
        }
        let found = images.filter { image in
            arguments.lets(anyOf: image.zones, pass: "zone_id") && call.passes(name: image.displayName)
                && families?.contains(image.family) ?? true
                && arguments.text("type").map { $0 == image.imageType } ?? true
                && arguments.text("visibility").map { $0 == image.visibility } ?? true
        }
        return call.page(found, row: \.row)
    }

    /// - Throws: `ID_INVALID` for an unknown image (CONTRACT 3.3).
    func getImage(_ call: Call) throws(Refusal) -> Answer {
        guard let found = call.arguments.text("image_id").flatMap(image) else {
            throw Refusal(.invalidIdentifier)
        }
        return call.answer([found.row])
    }

    /// - Throws: `NOT_FOUND` when the account has none, unless ``Switches/missingUserScriptsAreNotFound`` is off.
    func listUserScripts(_ call: Call) throws(Refusal) -> Answer {
        if userScripts.isEmpty, switches.missingUserScriptsAreNotFound { throw Refusal(.notFound) }
        return call.page(userScripts.filter { call.passes(name: $0.name) }, row: \.row)
    }

    /// Whether a flavor boots an image (CONTRACT U19).
    static func fits(_ flavor: Flavor, _ image: Image) -> Bool {
        flavor.supportingImages.contains(image.imageType)
    }
}
