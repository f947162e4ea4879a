-- expect: ok
-- why: conversion calls no metamethod
local t = setmetatable({1, 2}, {__index = error, __len = error, __pairs = error, __tostring = error}) return answer(t)
