#!/bin/sh
# Makes the certificates of this folder again, but for certificate.pem and key.pem: an authority, and what it has signed.
# All have one key, cloud-key.pem. Dates are fixed, so that they neither end nor begin while the tests are in use.
set -e
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
openssl ecparam -name prime256v1 -genkey -noout -out cloud-key.pem
openssl ecparam -name prime256v1 -genkey -noout -out "$work/authority.key"
: > "$work/index.txt"
echo 1000 > "$work/serial"
cat > "$work/ca.conf" <<END
[ca]
default_ca = own
[own]
dir = $work
database = $work/index.txt
serial = $work/serial
new_certs_dir = $work
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = optional
organizationName = optional
END
# sign NAME BEGIN END EXTENSIONS SUBJECT [OPTION...]
sign() {
    name=$1 begin=$2 end=$3 extensions=$4 subject=$5
    shift 5
    printf '%s\n' "$extensions" > "$work/extensions"
    openssl req -new -utf8 -nameopt utf8 -key "${key:-cloud-key.pem}" -subj "$subject" -out "$work/request.pem" 2> /dev/null
    openssl ca -batch -notext -utf8 -config "$work/ca.conf" -in "$work/request.pem" -out "$name.pem" -startdate "$begin" -enddate "$end" \
        -extfile "$work/extensions" "$@" 2> /dev/null
}
key=$work/authority.key sign authority 20200101000000Z 21200101000000Z 'basicConstraints=critical,CA:TRUE' \
    '/CN=Example Company Root/O=Example Company' -selfsign -keyfile "$work/authority.key"
by="-cert authority.pem -keyfile $work/authority.key"
hosts='subjectAltName=DNS:cloud.test,DNS:*.cloud.test,IP:127.0.0.1'
sign cloud 20200101000000Z 21200101000000Z "$hosts" /CN=cloud.test $by
sign expired 20200101000000Z 20210301120000Z "$hosts" /CN=cloud.test $by
sign future 21000101000000Z 21200101000000Z "$hosts" /CN=cloud.test $by
sign other 20200101000000Z 21200101000000Z 'subjectAltName=DNS:other.test,DNS:www.other.test' /CN=other.test $by
sign self 20200101000000Z 21200101000000Z "$hosts" /CN=cloud.test -selfsign -keyfile cloud-key.pem
sign localhost 20200101000000Z 21200101000000Z 'subjectAltName=DNS:localhost' /CN=localhost $by
# A hostile name, and more names of hosts than anybody reads.
escape=$(printf '\033]0;owned\007\342\200\256')
many=$(for number in $(seq 40); do printf ',DNS:%0100d.test' "$number"; done)
sign hostile 20200101000000Z 21200101000000Z "subjectAltName=DNS:$(printf '\033[31m')red.test$many" "/CN=${escape}cloud.test" $by
