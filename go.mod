module imageshare

go 1.26
