extension KeyedDecodingContainer {
    /// The value of a key, or what holds where a state was written before there was such a key.
    func value<Value: Decodable>(_ key: Key, or missing: @autoclosure () -> Value) throws -> Value {
        try decodeIfPresent(Value.self, forKey: key) ?? missing()
    }
}
